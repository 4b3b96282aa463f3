// What operators and people look at: quarantine, timeline, notifications, rule runs, events.
import { type Selectable, sql } from 'kysely'
import type { Database } from '../client.ts'
import type { AccountEventTable, NotificationTable } from '../schema/accounts.ts'
import type { ActionReceiptTable, RuleRunTable } from '../schema/automation.ts'
import type { QuarantineTable, TimelineTable } from '../schema/inbox.ts'

export type QuarantineRow = Selectable<QuarantineTable>
export type TimelineRow = Selectable<TimelineTable>
export type NotificationRow = Selectable<NotificationTable>
export type RuleRunRow = Selectable<RuleRunTable> & { receipts: Selectable<ActionReceiptTable>[] }
export type AccountEventRow = Selectable<AccountEventTable>

/** Newest first, strictly before an id. */
export interface NewestFirst {
  beforeId?: number | undefined
  limit: number
}

export async function listQuarantineRows(
  db: Database,
  accountId: number,
  inboxId: number,
  { status, beforeId, limit }: NewestFirst & { status?: QuarantineRow['status'] | undefined },
): Promise<QuarantineRow[]> {
  let query = db
    .selectFrom('quarantine')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
  if (status !== undefined) query = query.where('status', '=', status)
  if (beforeId !== undefined) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

export function findQuarantineRow(
  db: Database,
  accountId: number,
  id: number,
): Promise<QuarantineRow | undefined> {
  return db
    .selectFrom('quarantine')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

export async function listTimelineRows(
  db: Database,
  accountId: number,
  inboxId: number,
  { beforeId, limit }: NewestFirst,
): Promise<TimelineRow[]> {
  let query = db
    .selectFrom('timeline')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
  if (beforeId !== undefined) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

export async function listNotificationRows(
  db: Database,
  accountId: number,
  userId: number,
  {
    inboxIds,
    unread,
    beforeId,
    limit,
  }: NewestFirst & { inboxIds: number[] | null; unread: boolean },
): Promise<NotificationRow[]> {
  let query = db
    .selectFrom('notifications')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
  if (inboxIds !== null) {
    query = query.where('inbox_id', '=', sql<number>`any(${inboxIds}::bigint[])`)
  }
  if (unread) query = query.where('read_at', 'is', null)
  if (beforeId !== undefined) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

export interface RuleRunFilter extends NewestFirst {
  /** Null: every inbox. */
  inboxIds: number[] | null
  ruleId?: number | undefined
  inboxId?: number | undefined
  conversationId?: number | undefined
}

/** Runs with the receipts of their actions, in the order of the steps. */
export async function listRuleRunRows(
  db: Database,
  accountId: number,
  { inboxIds, ruleId, inboxId, conversationId, beforeId, limit }: RuleRunFilter,
): Promise<RuleRunRow[]> {
  if (inboxIds?.length === 0) return []
  let query = db.selectFrom('rule_runs').selectAll().where('account_id', '=', accountId)
  if (inboxIds !== null) query = query.where('inbox_id', 'in', inboxIds)
  if (ruleId !== undefined) query = query.where('rule_id', '=', ruleId)
  if (inboxId !== undefined) query = query.where('inbox_id', '=', inboxId)
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId)
  if (beforeId !== undefined) query = query.where('id', '<', beforeId)
  const runs = await query.orderBy('id', 'desc').limit(limit).execute()
  if (runs.length === 0) return []
  const ids = runs.map(({ id }) => id)
  const receipts = await db
    .selectFrom('action_receipts')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('run_id', 'in', ids)
    .orderBy('step')
    .execute()
  const byRun = Map.groupBy(receipts, ({ run_id }) => run_id)
  return runs.map((run) => ({ ...run, receipts: byRun.get(run.id) ?? [] }))
}

/** Where a reader of the events stands: the transaction and the row it saw last. */
export interface EventPosition {
  xid: string
  id: number
}

/** Events of the accounts after one position up to another, which `currentPosition` has named. */
export async function eventsBetween(
  db: Database,
  accountIds: number[],
  after: EventPosition,
  until: EventPosition,
  limit: number,
): Promise<AccountEventRow[]> {
  return db
    .selectFrom('account_events')
    .selectAll()
    .where(sql<boolean>`account_id = any(${accountIds}::bigint[])`)
    .where(sql<boolean>`(xid, id) > (${after.xid}::text::xid8, ${after.id}::bigint)`)
    .where(sql<boolean>`(xid, id) <= (${until.xid}::text::xid8, ${until.id}::bigint)`)
    .orderBy('xid')
    .orderBy('id')
    .limit(limit)
    .execute()
}

/**
 * Now. Nothing before it can commit any more, so that a late commit is never skipped, and no lock is
 * taken.
 */
export async function currentPosition(db: Database): Promise<EventPosition> {
  const { rows } = await sql<{ xid: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xid`.execute(db)
  return { xid: rows[0]?.xid ?? '0', id: 0 }
}
