// One reply per (account, key), kept for a day.

import { sql } from 'kysely'
import type { Database } from './client.ts'

export interface KeyClaim {
  key: string
  method: string
  path: string
  bodyHash: Buffer
}

export type ClaimResult =
  | { kind: 'claimed' }
  | { kind: 'running' }
  | { kind: 'other_request' }
  | { kind: 'replay'; status: number; body: unknown }

/** A first request whose process died without a reply holds the key this long, not for ever. */
const RUNNING_FOR = '5 minutes'

/** Takes the key for this request, or says what became of the request that has it. */
export async function claimKey(
  db: Database,
  accountId: number,
  { key, method, path, bodyHash }: KeyClaim,
): Promise<ClaimResult> {
  // The condition is judged on the locked row, so of two requests at once exactly one gets it.
  const { rows } = await sql`
    insert into idempotency_keys as k (account_id, key, method, path, body_hash)
    values (${accountId}, ${key}, ${method}, ${path}, ${bodyHash})
    on conflict (account_id, key) do update
      set method = excluded.method, path = excluded.path, body_hash = excluded.body_hash,
        response_status = null, response_body = null, created_at = now()
      where k.created_at < now() - interval '24 hours'
        or (k.response_status is null and k.created_at < now() - ${RUNNING_FOR}::interval)
    returning 1`.execute(db)
  if (rows.length > 0) return { kind: 'claimed' }
  const row = await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('key', '=', key)
    .executeTakeFirst()
  // Dropped a moment ago: the caller may simply try again.
  if (!row) return { kind: 'running' }
  const same = row.method === method && row.path === path && row.body_hash.equals(bodyHash)
  if (!same) return { kind: 'other_request' }
  if (row.response_status === null) return { kind: 'running' }
  return { kind: 'replay', status: row.response_status, body: row.response_body }
}

export async function keepReply(
  db: Database,
  accountId: number,
  key: string,
  status: number,
  body: unknown,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ response_status: status, response_body: body })
    .where('account_id', '=', accountId)
    .where('key', '=', key)
    .execute()
}

/** The request may be repeated under the same key. */
export async function dropKey(db: Database, accountId: number, key: string): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('account_id', '=', accountId)
    .where('key', '=', key)
    .execute()
}
