// History, page by page: the next page is fetched while this one is stored. Each page commits with
// its cursor, so a crash costs at most the page that was in flight.

import type { Page } from '../channels/channel.ts'
import type { HistoryCursor, HistoryWindow, Mailbox } from '../channels/email/index.ts'
import { FenceLost, type HeldCursor, takeFence } from '../db/channel-cursors.ts'
import { mayCall } from '../domain/inbox.ts'
import { storeHistory } from '../messaging/store-history.ts'
import type { ImportInput, ImportProgress, InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again, toTemporalFailure } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { createMailboxes } from './mailboxes.ts'
import {
  addBytes,
  bytesToday,
  type ImportRow,
  progressOf,
  readImport,
  writeParked,
  writeTotal,
} from './state/import-state.ts'
import { readSyncState } from './state/sync-state.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'

/** `more`: this share is over, or the import is parked; `stopped`: the row says so. */
export interface ImportStep {
  end: 'done' | 'stopped' | 'more'
  /** ISO-8601; the day's byte budget is spent until then. */
  parkedUntil: string | null
  progress: ImportProgress
}

type End = (input: ImportInput) => Promise<ImportStep>

/** Until it is awaited, its failure must not count as unhandled. */
function awaitedLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {})
  return work
}

/** What the history cursor holds: one import's position; null: that import has read everything. */
interface StoredPosition {
  importId: number
  at: HistoryCursor | null
}

export function createImportActivities(deps: ActivityDeps) {
  const { db, clock, tuning } = deps
  const { openInboxMailbox } = createMailboxes(deps)

  return {
    /** Imports for some minutes and says how far it came. */
    importRanges: (input: ImportInput): Promise<ImportStep> =>
      withHeartbeat(async ({ cancellationSignal }) => {
        const leaving = AbortSignal.any([cancellationSignal, deps.shuttingDown])
        try {
          return await share(input, leaving)
        } catch (error) {
          if (leaving.aborted) throw again('This worker lets go of the import', HAND_OVER_MS)
          if (error instanceof FenceLost) throw again('A newer attempt imports', HAND_OVER_MS)
          throw toTemporalFailure(error)
        }
      }),
  }

  async function share(input: ImportInput, leaving: AbortSignal): Promise<ImportStep> {
    const row = await runnable(input)
    if (!row) return stopped(input)
    const parkedUntil = await overBudget(input)
    if (parkedUntil) return park(input, parkedUntil)
    const mailbox = await openInboxMailbox(input, { signal: leaving })
    try {
      const held = await takeFence(db, { ...input, folder: 'INBOX', kind: 'history' })
      const first = await positionOf(input, row, mailbox, held)
      return first === null ? done(input) : await readPages(input, mailbox, held, first, leaving)
    } finally {
      await mailbox.close()
    }
  }

  /** Three pages are under way: one is fetched, one's files are written, one's rows are stored. */
  async function readPages(
    input: ImportInput,
    mailbox: Mailbox,
    held: HeldCursor,
    first: HistoryCursor,
    leaving: AbortSignal,
  ): Promise<ImportStep> {
    const until = Date.now() + tuning.importShareMs
    const pull = (cursor: HistoryCursor) =>
      awaitedLater(mailbox.pullHistory(cursor, { limit: tuning.importPage }))
    const store = (page: Page<HistoryCursor>, after: Promise<unknown>) => {
      const nextCursor: StoredPosition = { importId: input.importId, at: page.next ?? null }
      const { folder } = mailbox
      const { fence } = held
      const { storage } = deps
      return awaitedLater(
        storeHistory(
          db,
          { ...input, folder, fence, nextCursor, now: clock(), storage, after },
          page,
        ),
      )
    }
    let pending = pull(first)
    let storing: Promise<unknown> = Promise.resolve()
    try {
      for (;;) {
        const page = await pending
        if (leaving.aborted) throw again('This worker lets go of the import', HAND_OVER_MS)
        if (page.next) pending = pull(page.next)
        const before = storing
        storing = store(page, before)
        await Promise.all([before, addBytes(db, input, clock(), page.bytes)])
        const stop = page.next ? await reasonToStop(input, until) : done
        if (!stop) continue
        await storing
        return await stop(input)
      }
    } finally {
      await storing.catch(() => {})
    }
  }

  /** What to answer when this share is over; undefined while it goes on. */
  async function reasonToStop(input: ImportInput, until: number): Promise<End | undefined> {
    if (!(await runnable(input))) return stopped
    const parkedUntil = await overBudget(input)
    if (parkedUntil) return () => park(input, parkedUntil)
    return Date.now() >= until ? more : undefined
  }

  /** Undefined when the import or the whole inbox was stopped by a person or by a refusal. */
  async function runnable(input: ImportInput): Promise<ImportRow | undefined> {
    const [row, state] = await Promise.all([readImport(db, input), readSyncState(db, input)])
    if (row?.status !== 'running' || !state || !mayCall(state.facts, 'receive')) return undefined
    return row
  }

  /** Where this import goes on; null when it has read everything already. */
  async function positionOf(
    input: ImportInput,
    row: ImportRow,
    mailbox: Mailbox,
    held: HeldCursor,
  ): Promise<HistoryCursor | null> {
    const stored = held.cursor as StoredPosition | undefined
    const status = mailbox.status()
    const sameNumbers = (uidValidity: string | bigint) =>
      String(uidValidity) === String(status.uidValidity)
    if (stored?.importId === input.importId) {
      if (stored.at === null) return null
      // Renumbered: from the top again; what is stored already is known by its external id.
      if (sameNumbers(stored.at.uidValidity)) return stored.at
    }
    const watermark =
      held.watermark && sameNumbers(held.watermark.uidValidity) ? held.watermark : status
    const plan = await mailbox.planHistory({
      window: row.import_window as HistoryWindow,
      watermark,
    })
    await writeTotal(db, input, plan.total)
    return plan
  }

  /** Null, or the start of the next UTC day when today's bytes are spent. */
  async function overBudget(ref: InboxRef): Promise<Date | null> {
    const now = clock()
    if ((await bytesToday(db, ref, now)) < tuning.importDailyBytes) return null
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))
  }

  async function park(input: ImportInput, until: Date): Promise<ImportStep> {
    await writeParked(db, input, until)
    return { ...(await more(input)), parkedUntil: until.toISOString() }
  }

  async function more(input: ImportInput): Promise<ImportStep> {
    return stepOf(input, 'more', await readImport(db, input))
  }

  async function stopped(input: ImportInput): Promise<ImportStep> {
    const row = await readImport(db, input)
    // Completed by an attempt whose answer was lost.
    return stepOf(input, row?.status === 'completed' ? 'done' : 'stopped', row)
  }

  async function done(input: ImportInput): Promise<ImportStep> {
    return stepOf(input, 'done', await readImport(db, input))
  }

  function stepOf(input: ImportInput, end: ImportStep['end'], row: ImportRow | undefined) {
    const none = { number: input.number, done: 0, total: null, quarantined: 0 }
    return { end, parkedUntil: null, progress: row ? progressOf(row) : none }
  }
}
