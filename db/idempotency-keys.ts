// One reply per (account, key), kept for a day.

import { sql } from 'kysely'
import type { Database, Trx } from './client.ts'

/** What makes two requests the same one. */
export interface KeyedRequest {
  key: string
  method: string
  path: string
  bodyHash: Buffer
}

export type KeptReply =
  | { kind: 'none' }
  | { kind: 'other_request' }
  | { kind: 'replay'; status: number; body: unknown }

/**
 * False while another transaction has the key. Held to the end of this one, whose fate the effect
 * and the reply share: a process that dies leaves neither, and the request may simply be repeated.
 */
export async function lockKey(trx: Trx, accountId: number, key: string): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`idempotency/${accountId}/${key}`}, 0))
      as taken`.execute(trx)
  return rows[0]!.taken
}

/** What was answered to the request before, or that its key belongs to another request. */
export async function findReply(
  db: Database,
  accountId: number,
  { key, method, path, bodyHash }: KeyedRequest,
): Promise<KeptReply> {
  const row = await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('key', '=', key)
    .where('created_at', '>', sql<Date>`now() - interval '24 hours'`)
    .executeTakeFirst()
  if (row === undefined) return { kind: 'none' }
  const same = row.method === method && row.path === path && row.body_hash.equals(bodyHash)
  if (!same) return { kind: 'other_request' }
  return { kind: 'replay', status: row.response_status, body: row.response_body }
}

/** The first reply stays; one of more than a day ago is forgotten. */
export async function keepReply(
  db: Database,
  accountId: number,
  { key, method, path, bodyHash }: KeyedRequest,
  status: number,
  body: unknown,
): Promise<void> {
  await sql`
    insert into idempotency_keys as k
      (account_id, key, method, path, body_hash, response_status, response_body)
    values (${accountId}, ${key}, ${method}, ${path}, ${bodyHash}, ${status},
      ${JSON.stringify(body)}::text::jsonb)
    on conflict (account_id, key) do update
      set method = excluded.method, path = excluded.path, body_hash = excluded.body_hash,
        response_status = excluded.response_status, response_body = excluded.response_body,
        created_at = now()
      where k.created_at < now() - interval '24 hours'`.execute(db)
}
