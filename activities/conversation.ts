// A conversation's automations and the signed delivery to the bot behind them.

import { createHmac } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { evidenceOf } from '../domain/failures.ts'
import { finishBotEvent } from '../messaging/finish-bot-event.ts'
import { handleConversation } from '../messaging/handle-conversation.ts'
import { mayDeliver } from '../messaging/may-deliver.ts'
import { openForPeople } from '../messaging/open-for-people.ts'
import { postJson } from '../net/post-json.ts'
import type { ConversationRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { readDelivery } from './state/bot-delivery.ts'

export interface BotEventRef extends ConversationRef {
  eventId: string
}

/** A bot acknowledges and answers later through the API; it need not think meanwhile. */
const DELIVERY_TIMEOUT_MS = 10_000

export function createConversationActivities(deps: ActivityDeps) {
  const { db, vault, policy, clock } = deps

  return {
    automation: {
      /** Runs the rules for what is new; returns the bot events that are to be delivered. */
      async handleConversation(ref: ConversationRef): Promise<{ deliveries: string[] }> {
        const { deliveries } = await handleConversation(db, { ...ref, now: clock() })
        return { deliveries }
      },

      /** No bot answers, so people do; the reason is on record. */
      async openForPeople(event: BotEventRef & { reason: string }): Promise<void> {
        await openForPeople(db, { ...event, now: clock() })
      },
    },
    delivery: {
      /** Standard Webhooks: the id is the event's, so that a repeat is recognised by the bot. */
      async deliverBotEvent(event: BotEventRef): Promise<void> {
        // Asked right before speaking: the trigger may be stale by now, or a person may have answered.
        const decision = await mayDeliver(db, { ...event, now: clock() })
        if (decision.act !== 'now') return
        const delivery = await readDelivery(db, vault, event)
        if (!delivery) return
        const timestamp = String(Math.floor(clock().getTime() / 1000))
        const body = JSON.stringify(delivery.payload)
        const headers = {
          'webhook-id': event.eventId,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${sign(delivery.secret, event.eventId, timestamp, body)}`,
        }
        const answer = await post(delivery.endpoint, body, headers)
        const delivered = answer.status >= 200 && answer.status < 300
        await finishBotEvent(db, {
          ...event,
          status: delivered ? 'delivered' : 'pending',
          responseStatus: answer.status || null,
          evidence: delivered ? null : answer.evidence,
          now: clock(),
        })
        if (delivered) return
        throw ApplicationFailure.create({
          type: 'BotUnreachable',
          message: answer.status ? `The bot answered ${answer.status}` : answer.evidence,
        })
      },
    },
  }

  async function post(url: string, body: string, headers: Record<string, string>) {
    try {
      const limits = { timeoutMs: DELIVERY_TIMEOUT_MS, maxBytes: 4096 }
      const { status, text } = await postJson(url, body, headers, policy, limits)
      return { status, evidence: evidenceOf(text) }
    } catch (error) {
      return { status: 0, evidence: evidenceOf(error instanceof Error ? error.message : error) }
    }
  }
}

/** Standard Webhooks 1.0: HMAC-SHA256 over id.timestamp.body; a `whsec_` secret is base64. */
export function sign(secret: string, id: string, timestamp: string, body: string): string {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret)
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
}
