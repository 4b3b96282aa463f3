// Sending goes on: after a resume, a reconnection, or once the provider works again.

import type { Database } from '../db/client.ts'
import { addToOutbox } from '../db/outbox.ts'
import type { InboxRef } from './message-rows.ts'

/** Wakes every conversation of the inbox that still has something to send. */
export async function wakeQueuedSends(
  db: Database,
  { accountId, inboxId }: InboxRef,
): Promise<void> {
  const rows = await db
    .selectFrom('messages')
    .select('conversation_id')
    .distinct()
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('status', 'in', ['queued', 'transmitting'])
    .where('direction', '=', 'outgoing')
    .execute()
  await addToOutbox(
    db,
    accountId,
    rows.map(({ conversation_id: conversationId }) => ({
      topic: 'send',
      inboxId,
      conversationId,
      event: 'resumed',
    })),
  )
}
