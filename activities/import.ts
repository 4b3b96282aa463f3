// History, page by page: the next page is fetched while this one is stored. Each page commits with
// its cursor, so a crash costs at most the page that was in flight.

import type { Page } from '../channels/channel.ts'
import { ChannelError } from '../channels/errors.ts'
import type { Mailbox } from '../channels/mail/mailbox.ts'
import type { HistoryCursor, HistoryWindow } from '../channels/mail/receive.ts'
import {
  type CursorKey,
  commitCursor,
  FenceLost,
  type HeldCursor,
  takeFence,
} from '../db/channel-cursors.ts'
import { inTransaction } from '../db/client.ts'
import { mayCall } from '../domain/inbox.ts'
import { storeHistory } from '../messaging/store-history.ts'
import type { ImportInput, ImportProgress, InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again, toTemporalFailure } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { createPushedImport } from './import-pushed.ts'
import { createMailboxes } from './mailboxes.ts'
import {
  addBytes,
  bytesToday,
  type CountedMails,
  type ImportRow,
  progressOf,
  readImport,
  uncount,
  writeParked,
  writeTotal,
} from './state/import-state.ts'
import { readSyncState } from './state/sync-state.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'
import { yieldToLive } from './yield-to-live.ts'

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

/** What a folder's history cursor holds. `at` null: that import has read the whole folder. */
interface StoredPosition {
  importId: number
  at: HistoryCursor | null
  /** Its mails in the import's progress so far. */
  counted: CountedMails
}

/** A position that there is something left to read from. */
type OpenPosition = StoredPosition & { at: HistoryCursor }

interface OpenFolder {
  /** What it is called in its cursor's key: SENT, whatever the server calls that one. */
  name: string
  mailbox: Mailbox
  held: HeldCursor
}

/** Undefined when the cursor is another import's, or there is none. */
function positionIn(held: HeldCursor, { importId }: ImportInput): StoredPosition | undefined {
  const stored = held.cursor as StoredPosition | undefined
  return stored?.importId === importId ? stored : undefined
}

const SENT = '\\Sent'

/** A mailbox may have no Sent, and a folder may be removed after it was chosen. */
const NOT_THERE = new Set(['folder_not_found', 'no_sent_folder'])

function cursorKey({ accountId, inboxId }: InboxRef, folder: string): CursorKey {
  return { accountId, inboxId, folder, kind: 'history' }
}

function beginning({ importId }: ImportInput, at: HistoryCursor): OpenPosition {
  return { importId, at, counted: { done: 0, quarantined: 0 } }
}

function sameNumbers({ uidValidity }: { uidValidity: string | bigint }, mailbox: Mailbox) {
  return String(uidValidity) === String(mailbox.status().uidValidity)
}

export function createImportActivities(deps: ActivityDeps) {
  const { db, clock, tuning } = deps
  const { openInboxMailbox, traitsOf } = createMailboxes(deps)
  const { importChunks } = createPushedImport(deps)

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
    const state = await readSyncState(db, input)
    const history = state && deps.channels.of(state.channel).history
    if (history) {
      await importChunks(input, history, () => runnable(input), leaving)
      return (await runnable(input)) ? done(input) : stopped(input)
    }
    const parkedUntil = await overBudget(input)
    if (parkedUntil) return park(input, parkedUntil)
    const folders = await foldersOf(input)
    for (const [at, name] of folders.entries()) {
      const held = await takeFence(db, cursorKey(input, name))
      if (positionIn(held, input)?.at === null) continue
      const mailbox = await openIfThere(input, name, leaving)
      if (!mailbox) continue
      try {
        const open = { name, mailbox, held }
        const position = await positionOf(input, row, open, folders.slice(at + 1))
        const step = await readPages(input, open, position, leaving)
        if (step.end !== 'done') return step
      } finally {
        await mailbox.close()
      }
    }
    return done(input)
  }

  /** What was answered comes after what was asked, and so finds its conversation. */
  async function foldersOf(ref: InboxRef): Promise<readonly string[]> {
    const state = await readSyncState(db, ref)
    if (!state) return []
    const { folders, syncSent } = traitsOf(state)
    return syncSent ? [...folders, SENT] : folders
  }

  /** Three pages are under way: one is fetched, one's files are written, one's rows are stored. */
  async function readPages(
    input: ImportInput,
    { name, mailbox, held }: OpenFolder,
    first: OpenPosition,
    leaving: AbortSignal,
  ): Promise<ImportStep> {
    const until = Date.now() + tuning.importShareMs
    const pull = (cursor: HistoryCursor) =>
      awaitedLater(mailbox.pullHistory(cursor, { limit: tuning.importPage }))
    let { counted } = first
    const store = (page: Page<HistoryCursor>, after: Promise<unknown>) => {
      counted = {
        done: counted.done + page.messages.length,
        quarantined: counted.quarantined + page.poison.length,
      }
      const { importId } = input
      const nextCursor: StoredPosition = { importId, at: page.next ?? null, counted }
      const source = { folder: name, sent: name === SENT, fence: held.fence, nextCursor }
      const { storage } = deps
      return awaitedLater(
        storeHistory(db, { ...input, ...source, now: clock(), storage, after }, page),
      )
    }
    let pending = pull(first.at)
    let storing: Promise<unknown> = Promise.resolve()
    try {
      for (;;) {
        const page = await pending
        await yieldToLive(db, leaving)
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

  /** A folder that was removed since it was chosen has no history, and no import waits for it. */
  async function openIfThere(ref: InboxRef, folder: string, signal?: AbortSignal) {
    try {
      return await openInboxMailbox(ref, { folder, ...(signal ? { signal } : {}) })
    } catch (error) {
      if (!(error instanceof ChannelError) || !NOT_THERE.has(error.details.reason)) throw error
      deps.logger.warn({ inbox_id: ref.inboxId }, 'No such folder; the import goes on')
      return undefined
    }
  }

  /** Where this import goes on in the folder. */
  async function positionOf(
    input: ImportInput,
    row: ImportRow,
    { name, mailbox, held }: OpenFolder,
    later: readonly string[],
  ): Promise<OpenPosition> {
    const stored = positionIn(held, input)
    if (stored?.at && sameNumbers(stored.at, mailbox)) return { ...stored, at: stored.at }
    const position = beginning(input, await planOf(row, mailbox, held))
    let left = position.at.total
    for (const folder of later) left += await countOf(input, row, folder)
    await inTransaction(db, async (trx) => {
      // Renumbered: from the top again; what is stored already is known by its external id.
      if (stored) await uncount(trx, input, stored.counted)
      await writeTotal(trx, input, left)
      await commitCursor(trx, cursorKey(input, name), held.fence, position)
    })
    return position
  }

  async function planOf(row: ImportRow, mailbox: Mailbox, held: HeldCursor) {
    const known = held.watermark && sameNumbers(held.watermark, mailbox)
    return mailbox.planHistory({
      window: row.import_window as HistoryWindow,
      watermark: known ? held.watermark! : mailbox.status(),
    })
  }

  /** How many mails a folder whose turn comes later will bring. */
  async function countOf(input: ImportInput, row: ImportRow, folder: string): Promise<number> {
    const key = cursorKey(input, folder)
    const held = await takeFence(db, key)
    const position = positionIn(held, input)
    if (position) return position.at?.total ?? 0
    const mailbox = await openIfThere(input, folder)
    if (!mailbox) return 0
    try {
      const planned = beginning(input, await planOf(row, mailbox, held))
      await inTransaction(db, (trx) => commitCursor(trx, key, held.fence, planned))
      return planned.at.total
    } finally {
      await mailbox.close()
    }
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
