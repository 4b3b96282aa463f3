// What waits in the outbox, as the relay takes it: many conversations at a time, each under an advisory
// lock.

import { sql } from 'kysely'
import { recordset } from '../db/batch.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'

export type OutboxTopic = 'conversation' | 'send' | 'inbox' | 'notice' | 'webhook'
export interface Waiting {
  accountId: number
  inboxId: number
  /** Null for topics inbox and notice. */
  conversationId: number | null
}

/** One that no other relay has, with what it is to hear of. */
export interface Taken extends Waiting {
  events: string[]
  /** Of its rows. */
  ids: number[]
}

/**
 * What waits, oldest first, each account in its turn. Conversations of held inboxes are left:
 * releasing is one UPDATE.
 */
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
 * Takes what no other relay has, and keeps the rest of what `wakeAll` does not return for later.
 * Returns how many were woken. A crash after a wake and before the commit wakes once more, which is
 * harmless: what is new is read from Postgres.
 */
export function relayAll(
  db: Database,
  topic: OutboxTopic,
  waiting: readonly Waiting[],
  wakeAll: (taken: readonly Taken[]) => Promise<readonly Taken[]>,
): Promise<number> {
  return inTransaction(db, async (trx) => {
    const taken = await take(trx, topic, waiting)
    const woken = taken.length > 0 ? await wakeAll(taken) : []
    const ids = woken.flatMap((one) => one.ids)
    if (ids.length === 0) return 0
    await sql`update outbox set relayed_at = now() where id = any(${ids}::bigint[])`.execute(trx)
    return woken.length
  })
}

async function take(trx: Trx, topic: OutboxTopic, waiting: readonly Waiting[]): Promise<Taken[]> {
  const rows = waiting.map(({ accountId, inboxId, conversationId }, at) => ({
    at,
    key: `${topic}/${conversationId ?? inboxId}`,
    account_id: accountId,
    inbox_id: inboxId,
    conversation_id: conversationId,
  }))
  const { rows: locked } = await sql<{ at: number }>`
    select row.at from ${recordset(rows, 'at int, key text')}
    where pg_try_advisory_xact_lock(hashtextextended(row.key, 0))`.execute(trx)
  const mine = new Set(locked.map(({ at }) => at))
  // A topic is about conversations or about inboxes; an index finds either.
  const isOf = waiting.some(({ conversationId }) => conversationId !== null)
    ? sql`o.conversation_id = row.conversation_id`
    : sql`o.conversation_id is null`
  // Read under the locks: what was relayed meanwhile is gone.
  const { rows: found } = await sql<{ at: number; id: number; event: string }>`
    select row.at, o.id, o.event
    from ${recordset(
      rows.filter(({ at }) => mine.has(at)),
      'at int, account_id bigint, inbox_id bigint, conversation_id bigint',
    )}
    cross join lateral (
      select o.id, o.event from outbox o
      where o.relayed_at is null and o.topic = ${topic} and o.account_id = row.account_id
        and o.inbox_id = row.inbox_id and ${isOf} offset 0
    ) o order by row.at, o.id`.execute(trx)
  return [...Map.groupBy(found, ({ at }) => at)].map(([at, own]) => ({
    ...waiting[at]!,
    events: own.map(({ event }) => event),
    ids: own.map(({ id }) => id),
  }))
}
