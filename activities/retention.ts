// What the installation does not keep any longer: rows that have served their time, conversations of
// accounts that say so, exports, and the bytes of files that nothing refers to.

import { forgetOldDays, forgetOwnDays } from '../db/delivery-days.ts'
import { deleteExpired, EXPIRING } from '../db/expired-rows.ts'
import { expireExports } from '../db/privacy-requests.ts'
import { expireConversations, listKeepingInboxes } from '../messaging/expire-conversations.ts'
import { sweepFiles } from '../messaging/sweep-files.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'

/** Rows of one statement: it takes some tens of milliseconds, and nobody waits for its locks. */
const BATCH = 1_000
/** One activity's share; the workflow asks for the next. */
const SHARE_MS = 5 * 60_000

export interface RetentionStep {
  /** Deleted, by what it was; what was not found is not named. */
  deleted: Record<string, number>
  more: boolean
}

export function createRetentionActivities(deps: ActivityDeps) {
  const { db, storage, clock } = deps

  return {
    retention: {
      deleteExpiredRows: (): Promise<RetentionStep> =>
        withHeartbeat(async ({ cancellationSignal }) => {
          const leaving = AbortSignal.any([cancellationSignal, deps.shuttingDown])
          const until = Date.now() + SHARE_MS
          const deleted: Record<string, number> = {}
          for await (const [what, count] of batches(clock())) {
            if (count > 0) deleted[what] = (deleted[what] ?? 0) + count
            if (leaving.aborted) throw again('This worker lets go of the retention', HAND_OVER_MS)
            if (Date.now() >= until) return { deleted, more: true }
          }
          return { deleted, more: false }
        }),

      /** Returns how many files were deleted. @throws StorageUnavailable */
      sweepUnusedFiles: (): Promise<number> =>
        withHeartbeat(({ cancellationSignal }) =>
          sweepFiles(db, storage, {
            signal: AbortSignal.any([cancellationSignal, deps.shuttingDown]),
          }),
        ),
    },
  }

  async function* batches(now: Date): AsyncGenerator<[string, number]> {
    for (const table of EXPIRING) {
      for (let count = BATCH; count === BATCH; ) {
        count = await deleteExpired(db, table, { now, limit: BATCH })
        yield [table, count]
      }
    }
    yield ['days_of_deliveries', await forgetOldDays(db, now)]
    for (let count = BATCH; count === BATCH; ) {
      count = await forgetOwnDays(db, { now, limit: BATCH })
      yield ['inbound_deliveries', count]
    }
    for (const inbox of await listKeepingInboxes(db)) {
      for (let more = true; more; ) {
        const step = await expireConversations(db, inbox, now)
        more = step.more
        yield ['conversations', step.conversations]
        yield ['messages', step.messages]
      }
    }
    yield ['exports', await expireExports(db, now)]
  }
}
