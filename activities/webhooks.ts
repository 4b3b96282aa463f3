// Telling outgoing webhooks what happens in a conversation, each event in its turn.

import { openWebhookSecret } from '../db/integrations.ts'
import type { ConversationRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { failureOf } from './failures.ts'
import { postSigned } from './standard-webhook.ts'
import { readEventPayload } from './state/event-payload.ts'
import {
  listWaitingWebhooks,
  nextDeliveries,
  noteDelivery,
  type QueuedDelivery,
} from './state/webhook-queue.ts'

/** Whoever was away for longer loads what it missed through the API. */
const TRIED_FOR_MS = 24 * 3_600_000

export function createWebhookActivities(deps: ActivityDeps) {
  const { db, vault, policy, clock } = deps

  /** The answer of the webhook, or that there is nothing to ask. */
  async function post(ref: ConversationRef, delivery: QueuedDelivery) {
    const target = await openWebhookSecret(db, vault, ref.accountId, delivery.webhook_id)
    const { event: type, created_at: at, message_id: messageId } = delivery
    const payload = await readEventPayload(db, ref, { type, at, messageId })
    if (!target || !payload) return undefined
    return postSigned({ ...target, id: `delivery_${delivery.id}`, payload }, policy, clock())
  }

  return {
    webhookRows: {
      listWaitingWebhooks: (ref: ConversationRef) => listWaitingWebhooks(db, ref),
    },
    webhookCalls: {
      /** Delivers the oldest event; the others wait behind it until it is told or given up. */
      async deliverToWebhook(
        ref: ConversationRef & { webhookId: number },
      ): Promise<{ more: boolean }> {
        const [delivery, following] = await nextDeliveries(db, ref, ref.webhookId)
        if (!delivery) return { more: false }
        const answer = await post(ref, delivery)
        if (!answer) return { more: following !== undefined }
        const age = clock().getTime() - delivery.due_since.getTime()
        const over = answer.gone || age > TRIED_FOR_MS
        const tried = {
          status: answer.delivered ? 'delivered' : over ? 'failed' : 'pending',
          responseStatus: answer.status || null,
          evidence: answer.delivered ? null : answer.evidence,
        } as const
        await noteDelivery(db, delivery, tried, clock())
        if (tried.status !== 'pending') return { more: following !== undefined }
        throw failureOf('Unavailable', { reason: 'webhook_unreachable' })
      },
    },
  }
}
