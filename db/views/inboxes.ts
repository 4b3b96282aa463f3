// The newest import of each inbox, for lists of inboxes.
import type { Selectable } from 'kysely'
import type { Database } from '../client.ts'
import type { ImportTable } from '../schema/inbox.ts'

export type ImportRow = Selectable<ImportTable>

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
