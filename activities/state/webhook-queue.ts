// The queue of one conversation's news for one webhook.

import { type Selectable, sql } from 'kysely'
import type { Database } from '../../db/client.ts'
import type { WebhookDeliveryTable } from '../../db/schema/accounts.ts'
import type { ConversationRef } from '../../temporal/contracts.ts'

export type QueuedDelivery = Selectable<WebhookDeliveryTable>

/** Webhooks that have something to hear of the conversation. */
export async function listWaitingWebhooks(
  db: Database,
  { accountId, conversationId }: ConversationRef,
): Promise<number[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .select('webhook_id')
    .distinct()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where('status', '=', 'pending')
    .orderBy('webhook_id')
    .execute()
  return rows.map(({ webhook_id }) => webhook_id)
}

/** The oldest two: the one to deliver, and whether another follows. */
export function nextDeliveries(
  db: Database,
  { accountId, conversationId }: ConversationRef,
  webhookId: number,
): Promise<QueuedDelivery[]> {
  return db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where('webhook_id', '=', webhookId)
    .where('status', '=', 'pending')
    .orderBy('id')
    .limit(2)
    .execute()
}

export async function noteDelivery(
  db: Database,
  { account_id, id }: QueuedDelivery,
  tried: {
    status: QueuedDelivery['status']
    responseStatus: number | null
    evidence: string | null
  },
  now: Date,
): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({
      status: tried.status,
      tries: sql<number>`tries + 1`,
      response_status: tried.responseStatus,
      evidence: tried.evidence,
      ...(tried.status === 'pending' ? {} : { finished_at: now }),
    })
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .execute()
}
