// API keys and sessions, which are keys that a cookie carries. Only their SHA-256 is stored.

import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Database } from './client.ts'
import type { ApiKeyTable } from './schema/accounts.ts'

export type ApiKeyRow = Selectable<ApiKeyTable>

export interface KeyCaller {
  accountId: number
  keyId: number
  userId: number
  role: ApiKeyRow['role']
  inboxIds: number[] | null
  locale: 'pt-BR' | 'en'
}

export async function insertApiKey(
  db: Database,
  key: {
    accountId: number
    userId: number
    name: string
    prefix: string
    hash: Buffer
    role: ApiKeyRow['role']
    inboxIds?: number[] | null | undefined
    /** A session's end; without one it is a key for programs. */
    sessionExpiresAt?: Date | undefined
  },
): Promise<ApiKeyRow> {
  return db
    .insertInto('api_keys')
    .values({
      account_id: key.accountId,
      user_id: key.userId,
      name: key.name,
      prefix: key.prefix,
      hash: key.hash,
      role: key.role,
      inbox_ids: key.inboxIds ?? null,
      session_expires_at: key.sessionExpiresAt ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/**
 * Who holds the key; undefined when it is unknown, revoked or expired, or its user was deleted. A
 * session may do what its person may at this moment, a key at most that: an agent's opens only
 * inboxes it works in.
 */
export async function findCallerByKeyHash(
  db: Database,
  hash: Buffer,
): Promise<KeyCaller | undefined> {
  const { rows } = await callers(sql`k.hash = ${hash}`).execute(db)
  return rows[0]
}

/** The same by the ids of keys; who may open nothing any more is not among them. */
export async function findCallersByKeyId(
  db: Database,
  ids: readonly number[],
): Promise<Map<number, KeyCaller>> {
  const { rows } = await callers(sql`k.id = any(${ids}::bigint[])`).execute(db)
  return new Map(rows.map((caller) => [caller.keyId, caller]))
}

const callers = (condition: RawBuilder<unknown>) => sql<KeyCaller>`
  select k.account_id as "accountId", k.id as "keyId", k.user_id as "userId", a.locale,
    case when k.session_expires_at is not null or k.role = 'administrator' then u.role
    else k.role end as role,
    case when u.role = 'agent' then array(
      select m.inbox_id from inbox_members m
      where m.account_id = k.account_id and m.user_id = k.user_id and not m.removed_by_person
        and (k.inbox_ids is null or m.inbox_id = any(k.inbox_ids)))
    else k.inbox_ids end as "inboxIds"
  from api_keys k
  join users u on u.account_id = k.account_id and u.id = k.user_id
  join accounts a on a.id = k.account_id
  where ${condition} and ${living}`

/** Of keys `k` of users `u`. */
const living = sql`k.revoked_at is null and u.deleted_at is null
  and (k.session_expires_at is null or k.session_expires_at > now())`

/** Without sessions. */
export function listApiKeys(
  db: Database,
  accountId: number,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<ApiKeyRow[]> {
  return db
    .selectFrom('api_keys')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('session_expires_at', 'is', null)
    .$if(before !== undefined, (query) => query.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** False when there is no such key; revoking twice is fine. */
export async function revokeApiKey(db: Database, accountId: number, id: number): Promise<boolean> {
  const row = await db
    .updateTable('api_keys')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.fn<Date>('now')) }))
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
