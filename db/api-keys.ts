// API keys: only their SHA-256 is stored.

import { type Selectable, sql } from 'kysely'
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
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Who holds the key; undefined when it is unknown, revoked, or its user was deleted. */
export function findCallerByKeyHash(db: Database, hash: Buffer): Promise<KeyCaller | undefined> {
  return db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', (join) =>
      join.onRef('u.account_id', '=', 'k.account_id').onRef('u.id', '=', 'k.user_id'),
    )
    .innerJoin('accounts as a', 'a.id', 'k.account_id')
    .select([
      'k.account_id as accountId',
      'k.id as keyId',
      'k.user_id as userId',
      'k.role',
      'k.inbox_ids as inboxIds',
      'a.locale',
    ])
    .where('k.hash', '=', hash)
    .where('k.revoked_at', 'is', null)
    .where('u.deleted_at', 'is', null)
    .executeTakeFirst()
}

/** Those of the keys that open anything: neither revoked nor of a deleted user. */
export async function livingKeys(db: Database, ids: readonly number[]): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    select k.id from api_keys k
    join users u on u.account_id = k.account_id and u.id = k.user_id
    where k.id = any(${ids}::bigint[]) and k.revoked_at is null and u.deleted_at is null`.execute(
    db,
  )
  return new Set(rows.map(({ id }) => id))
}

export function listApiKeys(
  db: Database,
  accountId: number,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<ApiKeyRow[]> {
  return db
    .selectFrom('api_keys')
    .selectAll()
    .where('account_id', '=', accountId)
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
