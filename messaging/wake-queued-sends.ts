// Sending goes on: after a resume, a reconnection, or once the provider works again.

import { sql } from 'kysely'
import type { Database } from '../db/client.ts'
import { addToOutbox } from '../db/outbox.ts'
import type { Json } from '../db/schema/column-types.ts'
import type { InboxRef } from './message-rows.ts'

/**
 * After a person has resumed or reconnected the inbox: what waited for that has its day of tries
 * from now on, and goes out.
 */
export async function releaseQueuedSends(db: Database, inbox: InboxRef, now: Date): Promise<void> {
  await db
    .updateTable('messages')
    .set({
      content_attributes: sql<Json>`content_attributes ||
        jsonb_build_object('queued_at', ${now.toISOString()}::text)`,
    })
    .where('account_id', '=', inbox.accountId)
    .where('inbox_id', '=', inbox.inboxId)
    .where('status', '=', 'queued')
    .where('direction', '=', 'outgoing')
    .execute()
  await wakeQueuedSends(db, inbox)
}

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
