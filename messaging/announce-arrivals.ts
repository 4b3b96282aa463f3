// What has just come: live messages take their place in their conversation's order and wake what waits
// for them, late ones are laid before people.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import { addToOutbox, type OutboxEntry } from '../db/outbox.ts'
import { tellWebhooks, toldAs } from '../db/webhook-deliveries.ts'
import type { RuleEvent } from '../domain/automation.ts'
import type { ConversationStatus } from '../domain/conversation.ts'
import type { InboxRef } from './message-rows.ts'
import { tellChanged } from './save-state.ts'

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
  const changes: { id: number; last_seq: number; wakes: boolean }[] = []
  const news: News[] = []
  for (const conversation of await lock(trx, accountId, [...byConversation.keys()])) {
    const { id, status, assignee_id, last_seq, muted } = conversation
    const own = byConversation.get(id)!
    const events = eventsOf(own, conversation)
    events.forEach(({ event, messageId }, at) => {
      const seq = last_seq + at + 1
      if (event === 'message_created') seqs.set(messageId, seq)
      entries.push({ topic: 'conversation', inboxId, conversationId: id, seq, event, messageId })
    })
    changes.push({ id, last_seq: last_seq + events.length, wakes: sleeps(status) })
    if (assignee_id !== null && !muted) {
      const about = { message_id: own.at(-1)!.id, count: own.length }
      news.push({ conversation_id: id, user_id: assignee_id, ...about })
    }
  }
  await move(trx, accountId, changes)
  await notify(trx, { accountId, inboxId }, news)
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

function eventsOf(
  steps: readonly Step[],
  conversation: { status: ConversationStatus; last_seq: number; message_count: number },
) {
  const { status, last_seq, message_count } = conversation
  const events: { event: RuleEvent; messageId: number }[] = []
  const first = steps[0]!
  // An import was quicker than the live path and made the conversation of these very messages.
  const isImportedNow = first.promoted && last_seq === 0 && message_count === steps.length
  if (first.isNew || isImportedNow)
    events.push({ event: 'conversation_created', messageId: first.id })
  else if (sleeps(status)) events.push({ event: 'conversation_opened', messageId: first.id })
  for (const { id } of steps) events.push({ event: 'message_created', messageId: id })
  return events
}

/**
 * The row lock is the order of a conversation's messages; in the order of ids two pages that share
 * conversations wait for each other instead of deadlocking.
 */
async function lock(trx: Trx, accountId: number, ids: readonly number[]) {
  if (ids.length === 0) return []
  return trx
    .selectFrom('conversations')
    .select([
      'id',
      'status',
      'assignee_id',
      'attention_reason',
      'last_seq',
      'muted',
      'message_count',
    ])
    .where('account_id', '=', accountId)
    .where('id', '=', sql<number>`any(${ids}::bigint[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Each to its new place in its order; one that sleeps wakes up. */
async function move(
  trx: Trx,
  accountId: number,
  changes: readonly { id: number; last_seq: number; wakes: boolean }[],
): Promise<void> {
  if (changes.length === 0) return
  const ids = changes.map(({ id }) => id)
  await sql`
    update conversations c set
      last_seq = row.last_seq,
      status = case when row.wakes then 'open' else c.status end,
      snoozed_until = case when row.wakes then null else c.snoozed_until end,
      updated_at = now()
    from ${recordset(changes, 'id bigint, last_seq bigint, wakes boolean')}
    where c.account_id = ${accountId} and c.id = any(${ids}::bigint[]) and c.id = row.id`.execute(
    trx,
  )
}

/** What an assignee hears of a conversation. */
interface News {
  conversation_id: number
  user_id: number
  message_id: number
  count: number
}

/** Only people are told: a bot hears of messages through the rules. */
async function notify(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  news: readonly News[],
): Promise<void> {
  if (news.length === 0) return
  await sql`
    insert into notifications (account_id, user_id, inbox_id, conversation_id, kind, data)
    select u.account_id, u.id, ${inboxId}::bigint, row.conversation_id, 'message_created',
      jsonb_build_object('message_id', row.message_id, 'count', row.count)
    from ${recordset(news, 'conversation_id bigint, user_id bigint, message_id bigint, count int')}
    join users u on u.account_id = ${accountId} and u.id = row.user_id and u.role <> 'bot'
      and u.deleted_at is null`.execute(trx)
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
  const ids = rows.map(({ id }) => id)
  await sql`
    update messages m
    set origin = 'live', seq = row.seq, delivered_at = row.delivered_at, updated_at = now()
    from ${recordset(rows, 'id bigint, seq bigint, delivered_at timestamptz')}
    where m.account_id = ${accountId} and m.id = any(${ids}::bigint[]) and m.id = row.id
      and m.origin in ('history', 'live')`.execute(trx)
}

/**
 * Late mail is work for people: its conversations are open, and say why. `isNew`: nobody was told of
 * the conversation before.
 */
export async function openLate(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  late: readonly Pick<Step, 'id' | 'conversationId' | 'isNew'>[],
): Promise<void> {
  const ids = [...new Set(late.map(({ conversationId }) => conversationId))]
  const toOpen = (await lock(trx, accountId, ids)).filter(
    ({ status, attention_reason }) => status !== 'open' || attention_reason === null,
  )
  if (toOpen.length === 0) return
  await trx
    .updateTable('conversations')
    .set({
      status: 'open',
      snoozed_until: null,
      attention_reason: sql<string>`coalesce(attention_reason, 'late')`,
      updated_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where(
      'id',
      'in',
      toOpen.map(({ id }) => id),
    )
    .execute()
  const firstOf = new Map(
    late
      .filter(({ isNew }) => isNew)
      .toReversed()
      .map(({ conversationId, id }) => [conversationId, id]),
  )
  const created = toOpen.filter(({ id }) => firstOf.has(id))
  await tellWebhooks(
    trx,
    { accountId, inboxId },
    created.map(({ id }) => ({
      conversationId: id,
      event: 'conversation.created',
      messageId: firstOf.get(id),
    })),
  )
  const changed = toOpen
    .filter(({ id }) => !firstOf.has(id))
    .map(({ id, status }) => ({ id, was: status, is: 'open' as const }))
  await tellChanged(trx, { accountId, inboxId }, changed)
}
