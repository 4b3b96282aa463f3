// Accounts, and the display ids that their conversations are numbered with.

import type { Selectable } from 'kysely'
import type { Database } from './client.ts'
import type { AccountTable } from './schema/accounts.ts'

export type AccountRow = Selectable<AccountTable>

export async function insertAccount(
  db: Database,
  account: { name: string; locale?: 'pt-BR' | 'en' | undefined; timezone?: string | undefined },
): Promise<AccountRow> {
  return db.insertInto('accounts').values(account).returningAll().executeTakeFirstOrThrow()
}

export function findAccount(db: Database, accountId: number): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().where('id', '=', accountId).executeTakeFirst()
}

/** The oldest account, or none on a new installation. */
export function firstAccount(db: Database): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().orderBy('id').limit(1).executeTakeFirst()
}

/** Takes `count` display ids; the first of them. Locks the account's row until the commit. */
export async function takeDisplayIds(
  db: Database,
  accountId: number,
  count: number,
): Promise<number> {
  const { last_display_id } = await db
    .updateTable('accounts')
    .set((eb) => ({ last_display_id: eb('last_display_id', '+', count) }))
    .where('id', '=', accountId)
    .returning('last_display_id')
    .executeTakeFirstOrThrow()
  return last_display_id - count + 1
}
