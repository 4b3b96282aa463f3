// What outgoing webhooks are told of conversations: queued with the event, delivered in order.

import { type Selectable, sql } from 'kysely'
import { recordset } from './batch.ts'
import { type Database, inTransaction } from './client.ts'
import { addToOutbox } from './outbox.ts'
import type { WebhookDeliveryTable } from './schema/accounts.ts'

export const CONVERSATION_EVENTS = [
  'conversation.created',
  'conversation.updated',
  'conversation.opened',
  'conversation.resolved',
  'message.created',
] as const
export type ConversationEvent = (typeof CONVERSATION_EVENTS)[number]

export type WebhookDeliveryRow = Selectable<WebhookDeliveryTable>

export interface ToldEvent {
  conversationId: number
  event: ConversationEvent
  messageId?: number | null | undefined
}

/** The name by which webhooks know an event of rules. */
export function toldAs(ruleEvent: string): ConversationEvent {
  return ruleEvent.replace('_', '.') as ConversationEvent
}

/**
 * One row for each webhook that asked, in the order given. Call it under the lock of the
 * conversation, whose order it is, and in the transaction of what happened.
 */
export async function tellWebhooks(
  trx: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  events: readonly ToldEvent[],
): Promise<void> {
  if (events.length === 0) return
  const rows = events.map(({ conversationId, event, messageId }, position) => ({
    position,
    conversation_id: conversationId,
    event,
    message_id: messageId ?? null,
  }))
  const told = await sql<{ conversation_id: number }>`
    insert into webhook_deliveries
      (account_id, webhook_id, inbox_id, conversation_id, event, message_id)
    select w.account_id, w.id, ${inboxId}::bigint, row.conversation_id, row.event, row.message_id
    from ${recordset(rows, 'position int, conversation_id bigint, event text, message_id bigint')}
    join webhooks w on w.account_id = ${accountId} and row.event = any(w.events)
    order by row.position, w.id
    returning conversation_id`.execute(trx)
  const conversations = new Set(told.rows.map(({ conversation_id }) => conversation_id))
  await addToOutbox(
    trx,
    accountId,
    [...conversations].map((id) => ({
      topic: 'webhook',
      inboxId,
      conversationId: id,
      event: 'told',
    })),
  )
}

export interface WebhookDeliveryFilter {
  webhookId?: number | undefined
  conversationId?: number | undefined
  status?: WebhookDeliveryRow['status'] | undefined
  beforeId?: number | undefined
  limit: number
}

/** The log, newest first. */
export function listWebhookDeliveries(
  db: Database,
  accountId: number,
  { webhookId, conversationId, status, beforeId, limit }: WebhookDeliveryFilter,
): Promise<WebhookDeliveryRow[]> {
  let query = db.selectFrom('webhook_deliveries').selectAll().where('account_id', '=', accountId)
  if (webhookId !== undefined) query = query.where('webhook_id', '=', webhookId)
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId)
  if (status !== undefined) query = query.where('status', '=', status)
  if (beforeId !== undefined) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

/** Once more, under the same delivery id; undefined when there is no such delivery. */
export function replayWebhookDelivery(db: Database, accountId: number, id: number) {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('webhook_deliveries')
      .set({ status: 'pending', due_since: sql<Date>`now()`, finished_at: null })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (row) {
      const { inbox_id: inboxId, conversation_id: conversationId } = row
      await addToOutbox(trx, accountId, [
        { topic: 'webhook', inboxId, conversationId, event: 'replayed' },
      ])
    }
    return row
  })
}
