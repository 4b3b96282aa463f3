// The outbox as the relay takes it: a conversation at a time, under an advisory lock.

import { sql } from 'kysely'
import { type Database, inTransaction } from '../db/client.ts'

export type OutboxTopic = 'conversation' | 'send' | 'inbox' | 'notice' | 'webhook'
export interface Waiting {
  accountId: number
  inboxId: number
  /** Null for topics inbox and notice. */
  conversationId: number | null
}

/** What waits, oldest first, each account in its turn. Conversations of held inboxes are left: releasing is one UPDATE. */
export async function listWaiting(
  db: Database,
  topic: OutboxTopic,
  limit: number,
): Promise<Waiting[]> {
  const { rows } = await sql<{
    account_id: number
    inbox_id: number
    conversation_id: number | null
  }>`
    select outbox.account_id, outbox.inbox_id, outbox.conversation_id
    from outbox
    join inboxes on inboxes.account_id = outbox.account_id and inboxes.id = outbox.inbox_id
    where outbox.relayed_at is null and outbox.topic = ${topic}
      and (${topic}::text <> 'conversation' or inboxes.held_since is null)
    group by 1, 2, 3
    order by row_number() over (partition by outbox.account_id order by min(outbox.id)),
      min(outbox.id)
    limit ${limit}`.execute(db)
  return rows.map((row) => ({
    accountId: row.account_id,
    inboxId: row.inbox_id,
    conversationId: row.conversation_id,
  }))
}

/**
 * Relays everything that waits for one conversation (or inbox) as a single wake, which hears of the
 * events. Another relay that holds it is left alone. A crash after `wake` and before the commit wakes once more, which is
 * harmless: what is new is read from Postgres.
 */
export function relayOne(
  db: Database,
  topic: OutboxTopic,
  waiting: Waiting,
  wake: (events: string[]) => Promise<void>,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const key = `${topic}/${waiting.conversationId ?? waiting.inboxId}`
    const lock = await sql<{ taken: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${key}::text, 0)) as taken`.execute(trx)
    if (!lock.rows[0]?.taken) return false
    const { rows } = await sql<{ id: number; event: string }>`
      select id, event from outbox
      where relayed_at is null and topic = ${topic} and account_id = ${waiting.accountId}
        and inbox_id = ${waiting.inboxId}
        and conversation_id is not distinct from ${waiting.conversationId}::bigint`.execute(trx)
    if (rows.length === 0) return false
    await wake(rows.map(({ event }) => event))
    const ids = rows.map(({ id }) => id)
    await sql`update outbox set relayed_at = now() where id = any(${ids}::bigint[])`.execute(trx)
    return true
  })
}
