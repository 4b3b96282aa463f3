// Conversations that an account does not keep any longer. Its mailboxes keep theirs; hashes see to it
// that no re-scan brings them back.

import { sql } from 'kysely'
import { type Database, inTransaction } from '../db/client.ts'
import { addToTimeline } from '../db/timeline.ts'
import { daysBefore } from '../domain/retention.ts'
import { deleteConversations } from './delete-messages.ts'
import { lockStoring } from './known-messages.ts'
import type { InboxRef } from './message-rows.ts'

const BATCH = 100

export interface KeepingInbox extends InboxRef {
  days: number
}

/** Inboxes of accounts that keep conversations for a while only. */
export async function listKeepingInboxes(db: Database): Promise<KeepingInbox[]> {
  const { rows } = await sql<{ account_id: number; id: number; days: number }>`
    select i.account_id, i.id, a.conversation_retention_days as days
    from inboxes i join accounts a on a.id = i.account_id
    where a.conversation_retention_days is not null order by i.id`.execute(db)
  return rows.map(({ account_id, id, days }) => ({ accountId: account_id, inboxId: id, days }))
}

/** One batch; the inbox's timeline tells of it. Returns how many went, and whether more are due. */
export function expireConversations(
  db: Database,
  { accountId, inboxId, days }: KeepingInbox,
  now: Date,
): Promise<{ conversations: number; messages: number; more: boolean }> {
  const before = daysBefore(now, days)
  return inTransaction(db, async (trx) => {
    await lockStoring(trx, inboxId)
    const { rows } = await sql<{ id: number }>`
      select c.id from conversations c
      where c.account_id = ${accountId} and c.inbox_id = ${inboxId} and c.last_message_at < ${before}
        and not exists (
          select from messages m
          where m.conversation_id = c.id and m.status in ('queued', 'transmitting'))
      order by c.last_message_at limit ${BATCH}`.execute(trx)
    const ids = rows.map(({ id }) => id)
    if (ids.length === 0) return { conversations: 0, messages: 0, more: false }
    const messages = await deleteConversations(trx, accountId, ids)
    const counts = { conversations: ids.length, messages }
    const data = { ...counts, days }
    await addToTimeline(trx, { accountId, inboxId }, 'conversations_expired', data)
    return { ...counts, more: ids.length === BATCH }
  })
}
