// Rows that have served their time, a bounded batch at a time.

import { type RawBuilder, sql } from 'kysely'
import { daysBefore, KEPT_DAYS } from '../domain/retention.ts'
import type { Database } from './client.ts'
import { isNotKept } from './delivery-days.ts'

export const EXPIRING = [
  'outbox',
  'idempotency_keys',
  'connect_drafts',
  'bot_events',
  'action_receipts',
  'rule_runs',
  'account_events',
  'visitor_events',
  'widget_sessions',
  'webhook_deliveries',
  'waiting_changes',
  'api_keys',
  'token_buckets',
] as const
export type Expiring = (typeof EXPIRING)[number]

/** Deletes up to `limit` rows and returns how many: less than that means that no more are due. */
export async function deleteExpired(
  db: Database,
  table: Expiring,
  { now, limit }: { now: Date; limit: number },
): Promise<number> {
  const result = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select t.ctid from ${sql.table(table)} t where ${dueOf(table, now)} limit ${limit}
    ))`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}

/** Conditions on `t`. The order of EXPIRING matters: what refers to a row goes before it. */
function dueOf(table: Expiring, now: Date): RawBuilder<unknown> {
  const relayed = daysBefore(now, KEPT_DAYS.relayed)
  const runs = daysBefore(now, KEPT_DAYS.runs)
  switch (table) {
    case 'outbox':
      // A conversation reads its events here until it has handled them, however long that takes.
      return sql`t.relayed_at < ${relayed} and (t.topic <> 'conversation' or not exists (
        select from conversations c where c.account_id = t.account_id and c.id = t.conversation_id
          and c.handled_seq < t.seq))`
    case 'idempotency_keys':
      return sql`t.created_at < ${relayed}`
    case 'connect_drafts':
      return sql`t.expires_at < ${now}`
    case 'bot_events':
      return sql`t.created_at < ${runs} and t.status <> 'pending'`
    case 'action_receipts':
      return sql`t.updated_at < ${runs} and t.outcome <> 'pending' and not exists (
        select from bot_events b
        where b.account_id = t.account_id and b.run_id = t.run_id and b.step = t.step)`
    case 'rule_runs':
      // The run of a rule that acts once per conversation is what keeps it from acting again.
      return sql`t.started_at < ${runs}
        and not exists (select from action_receipts a
          where a.account_id = t.account_id and a.run_id = t.id)
        and not exists (select from automation_rules r
          where r.account_id = t.account_id and r.id = t.rule_id and r.once_per_conversation)`
    case 'account_events':
      return sql`t.created_at < ${daysBefore(now, KEPT_DAYS.events)}`
    case 'visitor_events':
      return sql`t.created_at < ${daysBefore(now, KEPT_DAYS.events)}`
    case 'widget_sessions':
      // Of browsers that never wrote; the others go with their contact.
      return sql`t.seen_at < ${daysBefore(now, KEPT_DAYS.events)} and t.contact_id is null`
    case 'webhook_deliveries':
      return sql`${isNotKept('created_at', now)} and t.status <> 'pending'`
    case 'waiting_changes':
      return isNotKept('created_at', now)
    case 'api_keys':
      return sql`t.session_expires_at < ${now}`
    case 'token_buckets':
      // Full again long since, as one that was never used.
      return sql`t.refilled_at < ${daysBefore(now, KEPT_DAYS.limits)}`
  }
}
