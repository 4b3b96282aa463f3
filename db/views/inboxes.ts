// What is shown of inboxes beside their rows.
import { type Selectable, sql } from 'kysely'
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

export interface InboxFigures {
  members: number
  /** Since it was connected; null: nothing yet. */
  last_received_at: Date | null
  last_sent_at: Date | null
}

/** What a list shows beside each inbox, by the inbox's id. */
export async function figuresOf(
  db: Database,
  accountId: number,
  inboxIds: number[],
): Promise<Map<number, InboxFigures>> {
  const newest = (direction: 'incoming' | 'outgoing') => sql`(
    select max(m.sent_at) from messages m
    where m.inbox_id = i.id and m.direction = ${sql.lit(direction)}
      and m.origin <> 'history' and not m.private)`
  const { rows } = await sql<InboxFigures & { id: number }>`
    select i.id, ${newest('incoming')} as last_received_at, ${newest('outgoing')} as last_sent_at,
      (select count(*)::int from inbox_members b
        where b.account_id = i.account_id and b.inbox_id = i.id and not b.removed_by_person) as members
    from inboxes i where i.account_id = ${accountId} and i.id = any(${inboxIds}::bigint[])`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.id, row]))
}
