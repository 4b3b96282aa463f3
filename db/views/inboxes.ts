// Inboxes and their imports as they are shown: reads for the API, always within an account.
import type { Selectable } from 'kysely'
import type { Database } from '../client.ts'
import type { ImportTable, InboxTable } from '../schema/inbox.ts'

export type InboxRow = Selectable<InboxTable>
export type ImportRow = Selectable<ImportTable>

export interface InboxFilter {
  /** Null: every inbox. */
  inboxIds: number[] | null
  afterId: number | undefined
  limit: number
}

/** Inboxes in the order of their ids. */
export async function listInboxRows(
  db: Database,
  accountId: number,
  { inboxIds, afterId, limit }: InboxFilter,
): Promise<InboxRow[]> {
  if (inboxIds?.length === 0) return []
  let query = db.selectFrom('inboxes').selectAll().where('account_id', '=', accountId)
  if (inboxIds !== null) query = query.where('id', 'in', inboxIds)
  if (afterId !== undefined) query = query.where('id', '>', afterId)
  return query.orderBy('id').limit(limit).execute()
}

export function findInboxRow(
  db: Database,
  accountId: number,
  id: number,
): Promise<InboxRow | undefined> {
  return db
    .selectFrom('inboxes')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** The newest import of each inbox, by the inbox's id. */
export async function newestImports(
  db: Database,
  accountId: number,
  inboxIds: number[],
): Promise<Map<number, ImportRow>> {
  if (inboxIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('imports')
    .distinctOn('inbox_id')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('inbox_id', 'in', inboxIds)
    .orderBy('inbox_id')
    .orderBy('number', 'desc')
    .execute()
  return new Map(rows.map((row) => [row.inbox_id, row]))
}
