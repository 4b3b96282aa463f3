// What a rule would have done in a conversation that is past. Nothing is written and nobody is told.

import type { Database } from '../db/client.ts'
import { readsAt } from '../db/reading-order.ts'
import {
  type Condition,
  type Explanation,
  evaluateRule,
  type RuleEvent,
} from '../domain/automation.ts'
import { mayRunRules } from '../domain/speaking.ts'
import { readTalk } from './read-talk.ts'
import { attributesOf, triggerOf } from './trigger-facts.ts'

export interface DryEvent {
  event: RuleEvent
  messageId: number | null
  at: Date
  /** Why rules would not have been asked at all, e.g. `history`; null: they were. */
  silent: string | null
  explanation: Explanation
}

/** Enough to see how a rule behaves; older messages are left out. */
const RECENT = 50

/**
 * The rule against each message of the conversation, in the order it reads. What changes without a message is
 * judged as the conversation is now, as are status, labels and the like. Undefined: no such
 * conversation.
 */
export async function dryRun(
  db: Database,
  { accountId, conversationId, now }: { accountId: number; conversationId: number; now: Date },
  rule: { event: RuleEvent; conditions: Condition },
): Promise<DryEvent[] | undefined> {
  const read = await readTalk(db, accountId, conversationId, { lock: false })
  if (!read) return undefined
  const { talk, state } = read
  const events = await pastEvents(db, accountId, conversationId, rule.event)
  return Promise.all(
    events.map(async ({ messageId, at }) => {
      const trigger = await triggerOf(db, accountId, messageId, at)
      const { origin, automatic } = trigger
      const decision = mayRunRules({ origin, automatic, held: false })
      const attributes = attributesOf(talk, state, trigger)
      return {
        event: rule.event,
        messageId,
        at: trigger.at,
        silent: decision.act === 'never' ? decision.reason : null,
        explanation: evaluateRule(rule, { attributes, changes: {}, now }),
      }
    }),
  )
}

async function pastEvents(
  db: Database,
  accountId: number,
  conversationId: number,
  event: RuleEvent,
): Promise<{ messageId: number | null; at: Date }[]> {
  if (event === 'conversation_updated' || event === 'conversation_resolved') {
    return [{ messageId: null, at: new Date() }]
  }
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'sent_at'])
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .orderBy(readsAt('messages'), event === 'message_created' ? 'desc' : 'asc')
    .orderBy('id', event === 'message_created' ? 'desc' : 'asc')
    .limit(event === 'message_created' ? RECENT : 1)
    .execute()
  return rows.map(({ id, sent_at }) => ({ messageId: id, at: sent_at })).reverse()
}
