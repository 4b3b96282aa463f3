// The part of an inbox's row that syncing reads at every cycle and writes at its end.

import { sql } from 'kysely'
import type { Database } from '../../db/client.ts'
import { factsOfInbox, findInbox } from '../../db/inboxes.ts'
import { type ChannelType, type InboxFacts, mayCall } from '../../domain/inbox.ts'
import type { InboxRef } from '../../temporal/contracts.ts'

export interface SyncState {
  channel: ChannelType
  facts: InboxFacts
  settings: unknown
  generation: number
  lastGoodSyncAt: Date | null
  consecutiveFailures: number
  idleCycles: number
  attentionSince: Date | null
  stalledSince: Date | null
}

/** Undefined when there is no such inbox. */
export async function readSyncState(db: Database, ref: InboxRef): Promise<SyncState | undefined> {
  const row = await findInbox(db, ref.accountId, ref.inboxId)
  if (!row) return undefined
  return {
    channel: row.channel,
    facts: factsOfInbox(row),
    settings: row.settings,
    generation: row.watch_generation,
    lastGoodSyncAt: row.last_good_sync_at,
    consecutiveFailures: row.consecutive_failures,
    idleCycles: row.idle_cycles,
    attentionSince: row.attention_since,
    stalledSince: row.stalled_since,
  }
}

/** False when the row says that nothing may be pulled now. */
export function maySync(state: SyncState | undefined): state is SyncState {
  return state !== undefined && mayCall(state.facts, 'receive')
}

/** A cycle that reached the provider. `idle`: it brought nothing. */
export async function writeGoodCycle(
  db: Database,
  ref: InboxRef,
  cycle: { now: Date; idle: boolean; nextTryAt: Date },
): Promise<void> {
  await db
    .updateTable('inboxes')
    .set({
      last_checked_at: cycle.now,
      last_good_sync_at: cycle.now,
      consecutive_failures: 0,
      idle_cycles: cycle.idle ? sql<number>`idle_cycles + 1` : 0,
      next_try_at: cycle.nextTryAt,
      attention_since: null,
      stalled_since: null,
    })
    .where('account_id', '=', ref.accountId)
    .where('id', '=', ref.inboxId)
    .execute()
}

/** A cycle that failed; when people are asked for is recorded once per incident. */
export async function writeFailedCycle(
  db: Database,
  ref: InboxRef,
  cycle: { now: Date; nextTryAt: Date; attentionSince: Date | null },
): Promise<void> {
  await db
    .updateTable('inboxes')
    .set({
      last_checked_at: cycle.now,
      consecutive_failures: sql<number>`consecutive_failures + 1`,
      next_try_at: cycle.nextTryAt,
      attention_since: cycle.attentionSince,
    })
    .where('account_id', '=', ref.accountId)
    .where('id', '=', ref.inboxId)
    .execute()
}
