// A conversation's automations and the signed delivery to the bot behind them.

import { ApplicationFailure } from '@temporalio/common'
import { finishBotEvent, giveUpBotEvent } from '../messaging/finish-bot-event.ts'
import { handleConversation } from '../messaging/handle-conversation.ts'
import { mayDeliver } from '../messaging/may-deliver.ts'
import type { StepRef } from '../messaging/pending-steps.ts'
import { settleStep } from '../messaging/settle-step.ts'
import type { AutomationRef, ConversationRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { postSigned } from './standard-webhook.ts'
import { readDelivery } from './state/bot-delivery.ts'

export interface BotEventRef extends ConversationRef {
  eventId: string
}

/** What a conversation's workflow is to do, and when it has to look again by itself. */
export interface ConversationWork {
  deliveries: string[]
  // Absent in the histories of before rules could wait.
  steps?: StepRef[]
  automations?: StepRef[]
  /** ISO-8601. */
  dueAt?: string | null
}

export function createConversationActivities(deps: ActivityDeps) {
  const { db, vault, policy, clock, tuning } = deps
  const answerBy = () => new Date(clock().getTime() + tuning.claudiaAnswerMs)

  return {
    automation: {
      /** Runs the rules for what is new and what is due; returns what is to be done outside. */
      async handleConversation(ref: ConversationRef): Promise<ConversationWork> {
        const options = { ...ref, now: clock(), quietMs: tuning.claudiaQuietMs }
        const { held: _, dueAt, ...work } = await handleConversation(db, options)
        return { ...work, dueAt: dueAt?.toISOString() ?? null }
      },

      /** It was tried for as long as it may take. */
      async giveUpRuleStep(ref: AutomationRef): Promise<void> {
        await settleStep(db, { ...ref, outcome: 'failed', reason: 'gave_up_step', now: clock() })
      },

      /** No bot could be told. When it says nothing all the same, people get the conversation. */
      async giveUpBotEvent(event: BotEventRef): Promise<void> {
        await giveUpBotEvent(db, { ...event, answerBy: answerBy() })
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
        const { endpoint: url, secret, payload } = delivery
        const signed = { url, secret, id: event.eventId, payload }
        const { delivered, status, evidence } = await postSigned(signed, policy, clock())
        await finishBotEvent(db, {
          ...event,
          status: delivered ? 'delivered' : 'pending',
          responseStatus: status || null,
          evidence: delivered ? null : evidence,
          now: clock(),
          answerBy: answerBy(),
        })
        if (delivered) return
        throw ApplicationFailure.create({
          type: 'BotUnreachable',
          message: status ? `The bot answered ${status}` : 'The bot did not answer',
        })
      },
    },
  }
}
