// What the relay has to tell the workflows, committed with what it is about.

import { sql } from 'kysely'
import type { Changes } from '../domain/automation.ts'
import { recordset } from './batch.ts'
import type { Database } from './client.ts'
import type { OutboxTable } from './schema/conversation.ts'

/** What the relay listens to. */
const BELL = sql.lit('outbox')

export interface OutboxEntry {
  topic: OutboxTable['topic']
  inboxId: number
  conversationId?: number | undefined
  seq?: number | undefined
  event: string
  messageId?: number | undefined
  /** What the event changed: before and after, by attribute. */
  changes?: Changes | undefined
}

/** Also rings the relay's bell, which is heard only when the transaction commits. */
export async function addToOutbox(
  trx: Database,
  accountId: number,
  entries: readonly OutboxEntry[],
): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map((entry, position) => ({
    position,
    topic: entry.topic,
    inbox_id: entry.inboxId,
    conversation_id: entry.conversationId ?? null,
    seq: entry.seq ?? null,
    event: entry.event,
    message_id: entry.messageId ?? null,
    changes: entry.changes ?? null,
  }))
  await sql`
    with added as (
      insert into outbox
        (account_id, topic, inbox_id, conversation_id, seq, event, message_id, changes)
      select ${accountId}::bigint, topic, inbox_id, conversation_id, seq, event, message_id, changes
      from ${recordset(
        rows,
        `position int, topic text, inbox_id bigint, conversation_id bigint, seq bigint, event text,
         message_id bigint, changes jsonb`,
      )} order by position
    )
    select pg_notify(${BELL}, '')`.execute(trx)
}

/**
 * The inbox's entity is to look at its row again: committed with what it should see, so that a crash
 * between the two forgets nothing. `start` begins it; the others wake it where it runs.
 */
export async function askInbox(
  trx: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  event: 'start' | 'changed' | 'stalled',
): Promise<void> {
  await addToOutbox(trx, accountId, [{ topic: 'inbox', inboxId, event }])
}

export async function ringOutbox(db: Database): Promise<void> {
  await sql`select pg_notify(${BELL}, '')`.execute(db)
}
