// The account's settings, and the record of who changed them.

import { isDeepStrictEqual } from 'node:util'
import type { Selectable } from 'kysely'
import type { OpenHours } from '../domain/business-hours.ts'
import { type Database, inTransaction } from './client.ts'
import type { AccountChangeTable } from './schema/accounts.ts'

export interface AccountSettings {
  name?: string | undefined
  locale?: 'pt-BR' | 'en' | undefined
  timezone?: string | undefined
  business_hours?: readonly OpenHours[] | undefined
  conversation_retention_days?: number | null | undefined
  delivery_retention_days?: number | undefined
  attachment_limit_bytes?: number | null | undefined
}

/** Fields that are undefined stay; what becomes different is on record. */
export function patchAccount(
  db: Database,
  { accountId, userId }: { accountId: number; userId: number },
  settings: AccountSettings,
): Promise<void> {
  return inTransaction(db, async (trx) => {
    const row: Record<string, unknown> = await trx
      .selectFrom('accounts')
      .selectAll()
      .where('id', '=', accountId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const changed = Object.entries(settings).filter(
      ([field, after]) => after !== undefined && !isDeepStrictEqual(after, row[field]),
    )
    if (changed.length === 0) return
    await trx
      .updateTable('accounts')
      .set(Object.fromEntries(changed))
      .where('id', '=', accountId)
      .execute()
    const changes = changed.map(([field, after]) => [field, { before: row[field], after }])
    await trx
      .insertInto('account_changes')
      .values({ account_id: accountId, user_id: userId, changes: Object.fromEntries(changes) })
      .execute()
  })
}

/** Newest first, strictly before an id. */
export function listAccountChanges(
  db: Database,
  accountId: number,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<Selectable<AccountChangeTable>[]> {
  return db
    .selectFrom('account_changes')
    .selectAll()
    .where('account_id', '=', accountId)
    .$if(before !== undefined, (query) => query.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}
