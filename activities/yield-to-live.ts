// History waits while live work does: an import must never be why a customer's message is late.

import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../db/client.ts'

/** So long may an event wait for its workflow, or a query for its connection and its answer. */
const EVENT_WAITS_MS = 10_000
const QUERY_WAITS_MS = 1_000
const LOOK_EVERY_MS = 1_000
/** Then one more page goes through: a relay that is stuck for good must not end every import. */
const LONGEST_MS = 60_000

/** Resolves, mostly at once, when the next page may be stored; at the latest when `leaving` aborts. */
export async function yieldToLive(db: Database, leaving: AbortSignal): Promise<void> {
  const until = Date.now() + LONGEST_MS
  while (!leaving.aborted && Date.now() < until && (await isBehind(db))) {
    await sleep(LOOK_EVERY_MS, undefined, { signal: leaving }).catch(() => {})
  }
}

async function isBehind(db: Database): Promise<boolean> {
  const asked = performance.now()
  // What a held inbox keeps back is not late.
  const { rows } = await sql<{ age_ms: number }>`
    select coalesce(extract(epoch from now() - min(outbox.created_at)) * 1000, 0)::float8 as age_ms
    from outbox join inboxes on inboxes.account_id = outbox.account_id and inboxes.id = outbox.inbox_id
    where outbox.relayed_at is null
      and (outbox.topic <> 'conversation' or inboxes.held_since is null)`.execute(db)
  return rows[0]!.age_ms > EVENT_WAITS_MS || performance.now() - asked > QUERY_WAITS_MS
}
