// What is shown of inboxes beside their rows.
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

/** Files of the inbox's messages that are still only in the mailbox. */
export async function countInMailbox(db: Database, accountId: number, inboxId: number) {
  const { count } = await db
    .selectFrom('attachments as a')
    .innerJoin('messages as m', (join) =>
      join.onRef('m.account_id', '=', 'a.account_id').onRef('m.id', '=', 'a.message_id'),
    )
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('a.account_id', '=', accountId)
    .where('a.state', '=', 'in_mailbox')
    .where('m.inbox_id', '=', inboxId)
    .executeTakeFirstOrThrow()
  return count
}
