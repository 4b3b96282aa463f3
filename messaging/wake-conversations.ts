// Live messages take their place in their conversation's order and wake what waits for them.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import { addToOutbox, type OutboxEntry } from '../db/outbox.ts'
import { tellWebhooks, toldAs } from '../db/webhook-deliveries.ts'
import type { RuleEvent } from '../domain/automation.ts'
import type { ConversationStatus } from '../domain/conversation.ts'
import type { InboxRef } from './message-rows.ts'

/** One live message, in the order it came. */
export interface Step {
  id: number
  conversationId: number
  /** The conversation was made for this page. */
  isNew: boolean
  message: InboundMessage
  /** It was stored before, as history or as a placeholder: its row is live from now on. */
  promoted: boolean
}

/** Writes outbox rows, reopens conversations, tells assignees; returns each message's seq. */
export async function announceLive(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  steps: readonly Step[],
): Promise<Map<number, number>> {
  const seqs = new Map<number, number>()
  const byConversation = Map.groupBy(steps, ({ conversationId }) => conversationId)
  const entries: OutboxEntry[] = []
  // In the order of ids: two pages that share conversations wait instead of deadlocking.
  for (const id of [...byConversation.keys()].sort((a, b) => a - b)) {
    const own = byConversation.get(id)!
    const { status, assignee_id, last_seq, muted } = await lock(trx, accountId, id)
    const events = eventsOf(own, status)
    events.forEach(({ event, messageId }, at) => {
      const seq = last_seq + at + 1
      if (event === 'message_created') seqs.set(messageId, seq)
      entries.push({ topic: 'conversation', inboxId, conversationId: id, seq, event, messageId })
    })
    await trx
      .updateTable('conversations')
      .set({
        last_seq: last_seq + events.length,
        ...(sleeps(status) ? { status: 'open' as const, snoozed_until: null } : {}),
        updated_at: sql<Date>`now()`,
      })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .execute()
    if (assignee_id !== null && !muted)
      await notify(trx, { accountId, inboxId }, id, assignee_id, own)
  }
  await promote(trx, accountId, steps, seqs)
  await addToOutbox(trx, accountId, entries)
  const told = entries.map(({ event, messageId, conversationId }) => ({
    event: toldAs(event),
    messageId,
    conversationId: conversationId!,
  }))
  await tellWebhooks(trx, { accountId, inboxId }, told)
  return seqs
}

const sleeps = (status: ConversationStatus) => status === 'resolved' || status === 'snoozed'

function eventsOf(steps: readonly Step[], status: ConversationStatus) {
  const events: { event: RuleEvent; messageId: number }[] = []
  const first = steps[0]!
  if (first.isNew) events.push({ event: 'conversation_created', messageId: first.id })
  else if (sleeps(status)) events.push({ event: 'conversation_opened', messageId: first.id })
  for (const { id } of steps) events.push({ event: 'message_created', messageId: id })
  return events
}

/** The row lock is the order of the conversation's messages. */
function lock(trx: Trx, accountId: number, id: number) {
  return trx
    .selectFrom('conversations')
    .select(['status', 'assignee_id', 'last_seq', 'muted'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

/** Only people are told: a bot hears of messages through the rules. */
async function notify(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  conversationId: number,
  userId: number,
  steps: readonly Step[],
): Promise<void> {
  await sql`
    insert into notifications (account_id, user_id, inbox_id, conversation_id, kind, data)
    select account_id, id, ${inboxId}::bigint, ${conversationId}::bigint, 'message_created',
      jsonb_build_object('message_id', ${steps.at(-1)!.id}::bigint, 'count', ${steps.length}::int)
    from users where account_id = ${accountId} and id = ${userId} and role <> 'bot'
      and deleted_at is null`.execute(trx)
}

async function promote(
  trx: Trx,
  accountId: number,
  steps: readonly Step[],
  seqs: ReadonlyMap<number, number>,
): Promise<void> {
  const rows = steps
    .filter(({ promoted }) => promoted)
    .map(({ id, message }) => ({ id, seq: seqs.get(id), delivered_at: message.deliveredAt }))
  if (rows.length === 0) return
  await sql`
    update messages m
    set origin = 'live', seq = row.seq, delivered_at = row.delivered_at, updated_at = now()
    from ${recordset(rows, 'id bigint, seq bigint, delivered_at timestamptz')}
    where m.account_id = ${accountId} and m.id = row.id and m.origin in ('history', 'live')`.execute(
    trx,
  )
}

/** Late mail is work for people: its conversations are open, and say why. */
export async function openLate(
  trx: Trx,
  accountId: number,
  late: readonly { conversationId: number }[],
): Promise<void> {
  if (late.length === 0) return
  await trx
    .updateTable('conversations')
    .set({
      status: 'open',
      snoozed_until: null,
      attention_reason: sql<string>`coalesce(attention_reason, 'late')`,
      updated_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where('id', 'in', [...new Set(late.map(({ conversationId }) => conversationId))])
    .execute()
}
