// What a sync cycle leaves behind: the row's times and health, and how the attempt ends.

import { ApplicationFailure } from '@temporalio/activity'
import { ChannelError } from '../channels/errors.ts'
import { FenceLost } from '../db/channel-cursors.ts'
import { inTransaction } from '../db/client.ts'
import { isPostgresAway } from '../db/connections.ts'
import { askInbox } from '../db/outbox.ts'
import { failureDelayMs } from '../domain/backoff.ts'
import { AMBER_AFTER_MS } from '../domain/inbox.ts'
import { isCutOff } from '../messaging/note-account.ts'
import { recordHealth } from '../messaging/record-health.ts'
import { StorageUnavailable } from '../storage/storage.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again, toTemporalFailure } from './failures.ts'
import { readSyncState, writeFailedCycle, writeGoodCycle } from './state/sync-state.ts'

/** Another worker takes over after this; it must only be more than nothing. */
export const HAND_OVER_MS = 1_000
/** A fault of ours: seen in the Temporal UI and repeated, but not so often that it hurts a provider. */
const BUG_RETRY_MS = 30_000

export function createSyncOutcome(deps: ActivityDeps) {
  const { db, clock } = deps

  /** A cycle that reached the provider; `nextMs` until the next one. */
  async function noteGood(ref: InboxRef, idle: boolean, nextMs: number): Promise<void> {
    const before = await readSyncState(db, ref)
    const now = clock()
    const cycle = { now, idle, nextTryAt: new Date(now.getTime() + nextMs) }
    const status = before?.facts.receive.status ?? 'ok'
    const shown = before?.attentionSince ?? before?.stalledSince
    if (status === 'ok' && !shown) return writeGoodCycle(db, ref, cycle)
    await inTransaction(db, async (trx) => {
      await writeGoodCycle(trx, ref, cycle)
      // That we are served proves nothing when the provider has said otherwise; it tells us again.
      if (status !== 'ok' && !(await isCutOff(trx, ref)))
        await recordHealth(trx, ref.accountId, ref.inboxId, 'receive', { status: 'ok' }, now)
      // The workflow shows what people are asked for; a short fault was never shown to it.
      if (shown || status === 'action_required') await askInbox(trx, ref, 'changed')
    })
  }

  /** The failure that ends this attempt; what can heal is noted in the row and costs no event. */
  async function endOf(ref: InboxRef, cause: unknown, leaving: boolean): Promise<unknown> {
    const error = asChannelError(cause)
    if (leaving) return again('This worker lets go of the mailbox', HAND_OVER_MS)
    if (error instanceof FenceLost)
      return again('A newer attempt follows the mailbox', HAND_OVER_MS)
    if (!(error instanceof ChannelError)) return bugOf(error)
    const { kind, details } = error
    if (kind !== 'Unavailable' && kind !== 'RateLimited') return toTemporalFailure(error)
    const state = await readSyncState(db, ref)
    const delay =
      details.retryAfterMs ?? failureDelayMs(state?.consecutiveFailures ?? 0, Math.random())
    const now = clock()
    const nextTryAt = new Date(now.getTime() + delay)
    await recordHealth(
      db,
      ref.accountId,
      ref.inboxId,
      'receive',
      { status: 'retrying', reason: details.reason, evidence: details.evidence, nextTryAt },
      now,
    )
    const since = await failingSince(ref)
    const lasting = since !== undefined && now.getTime() - since.getTime() >= AMBER_AFTER_MS
    const attentionSince = state?.attentionSince ?? (lasting ? now : null)
    await inTransaction(db, async (trx) => {
      await writeFailedCycle(trx, ref, { now, nextTryAt, attentionSince })
      if (attentionSince && !state?.attentionSince) await askInbox(trx, ref, 'changed')
    })
    return again(`${kind}: ${details.reason}`, delay)
  }

  async function failingSince(ref: InboxRef): Promise<Date | undefined> {
    const state = await readSyncState(db, ref)
    return state?.facts.receive.status === 'retrying'
      ? new Date(state.facts.receive.since)
      : undefined
  }

  return { noteGood, endOf }
}

/** A mail that holds a file nobody else has waits for the storage, as it would for the mailbox. */
function asChannelError(error: unknown): unknown {
  if (!(error instanceof StorageUnavailable)) return error
  const details = { reason: 'storage_unavailable', evidence: error.message }
  return new ChannelError('Unavailable', details)
}

function bugOf(error: unknown): unknown {
  // Already meant for Temporal, such as the end of an idle attempt.
  if (error instanceof ApplicationFailure) return error
  return ApplicationFailure.create({
    message: error instanceof Error ? error.message : 'unknown',
    type: error instanceof Error ? error.name : 'Unknown',
    nextRetryDelay: isPostgresAway(error) ? failureDelayMs(0, Math.random()) : BUG_RETRY_MS,
    ...(error instanceof Error ? { cause: error } : {}),
  })
}
