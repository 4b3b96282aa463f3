// How a conversation's state is changed by anything but a person's hand: rules, automations, a
// handover. Told like what people did; only rules do not hear of it.

import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import type { Trx } from '../db/client.ts'
import { type ToldEvent, tellWebhooks } from '../db/webhook-deliveries.ts'
import type { ConversationStatus } from '../domain/conversation.ts'
import type { InboxRef } from './message-rows.ts'
import type { ConversationState, Talk } from './trigger-facts.ts'

/** Under the lock of the conversation, of whose state `before` was read. */
export async function saveState(
  trx: Trx,
  { accountId, inboxId, id }: Pick<Talk, 'accountId' | 'inboxId' | 'id'>,
  before: ConversationState,
  after: ConversationState,
): Promise<void> {
  if (isDeepStrictEqual(before, after)) return
  await trx
    .updateTable('conversations')
    .set({ ...after, updated_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
  await tellChanged(trx, { accountId, inboxId }, [{ id, was: before.status, is: after.status }])
}

export interface ChangedConversation {
  id: number
  was: ConversationStatus
  is: ConversationStatus
}

/** For who writes states by himself, under the locks of the conversations. */
export async function tellChanged(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  changed: readonly ChangedConversation[],
): Promise<void> {
  const events = changed.map(({ id }) => ({
    kind: 'conversation.updated' as const,
    data: { inbox_id: inboxId, conversation_id: id },
  }))
  await addAccountEvents(trx, accountId, events)
  await tellWebhooks(trx, { accountId, inboxId }, changed.flatMap(eventsOf))
}

function eventsOf({ id, was, is }: ChangedConversation): ToldEvent[] {
  const events: ToldEvent['event'][] = ['conversation.updated']
  if (was !== is && is === 'open') events.push('conversation.opened')
  if (was !== is && is === 'resolved') events.push('conversation.resolved')
  return events.map((event) => ({ conversationId: id, event }))
}
