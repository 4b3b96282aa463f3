// Asked right before ClaudIA is spoken to: much may have happened since the rule ran.

import { type Database, inTransaction } from '../db/client.ts'
import { claudiaModeOf, findInbox } from '../db/inboxes.ts'
import { CLAUDIA, findUserByKey } from '../db/users.ts'
import { maySpeak } from '../domain/speaking.ts'
import { settleBotEvent } from './finish-bot-event.ts'
import { openConversation } from './open-for-people.ts'
import { hasEndpoint } from './run-action.ts'
import { answeredByPerson, triggerOf } from './trigger-facts.ts'

export interface BotEventAt {
  accountId: number
  conversationId: number
  eventId: string
  now: Date
}

export type DeliveryDecision = { act: 'now' | 'wait' } | { act: 'never'; reason: string }

/** A refusal is final: it is written down, and people have the conversation. */
export function mayDeliver(db: Database, at: BotEventAt): Promise<DeliveryDecision> {
  return inTransaction(db, async (trx) => {
    const { accountId, eventId, now } = at
    const event = await trx
      .selectFrom('bot_events as b')
      .innerJoin('conversations as c', (join) =>
        join.onRef('c.account_id', '=', 'b.account_id').onRef('c.id', '=', 'b.conversation_id'),
      )
      .select(['b.status', 'b.message_id', 'b.created_at', 'c.id', 'c.inbox_id', 'c.assignee_id'])
      .where('b.account_id', '=', accountId)
      .where('b.id', '=', eventId)
      .executeTakeFirst()
    if (event?.status !== 'pending') return { act: 'never', reason: 'finished' }
    const inbox = await findInbox(trx, accountId, event.inbox_id)
    const claudia = await findUserByKey(trx, accountId, CLAUDIA)
    const trigger = await triggerOf(trx, accountId, event.message_id, event.created_at)
    const decide = async (): Promise<DeliveryDecision> => {
      if (!inbox || !claudia || !(await hasEndpoint(trx, accountId, claudia.id))) {
        return { act: 'never', reason: 'bot_not_connected' }
      }
      if (event.assignee_id !== null && event.assignee_id !== claudia.id) {
        return { act: 'never', reason: 'assigned_to_person' }
      }
      return maySpeak({
        claudia: claudiaModeOf(inbox),
        triggerAt: trigger.at,
        now,
        maxAgeSeconds: inbox.claudia_max_age_seconds,
        answeredByPerson: await answeredByPerson(trx, accountId, event.id, trigger),
      })
    }
    const decision = await decide()
    if (decision.act !== 'never') return decision
    await settleBotEvent(trx, accountId, eventId, 'skipped', decision.reason)
    const alreadyWithPeople = ['answered_by_person', 'assigned_to_person'].includes(decision.reason)
    if (!alreadyWithPeople) await openConversation(trx, accountId, event.id, decision.reason)
    return decision
  })
}
