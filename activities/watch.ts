// One mailbox, kept in sync by one activity that stays for hours (IDLE) or retries itself (polling).
// It costs no history event while nothing changes: it ends by BENIGN failures, seldom by returning.

import { Context } from '@temporalio/activity'
import { ChannelError } from '../channels/errors.ts'
import type { Mailbox } from '../channels/mail/mailbox.ts'
import { type HeldCursor, takeFence } from '../db/channel-cursors.ts'
import { pollDelayMs } from '../domain/backoff.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { isChat } from './chats.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { createMailboxes } from './mailboxes.ts'
import { pause } from './pause.ts'
import { createFolderPull } from './pull-folder.ts'
import { createMissedPull } from './pull-missed.ts'
import { createQuarantineRetry } from './retry-quarantine.ts'
import { createSentCopies } from './sent-copies.ts'
import { createSideFolders } from './side-folders.ts'
import { maySync, readSyncState, type SyncState } from './state/sync-state.ts'
import { createSyncOutcome, HAND_OVER_MS } from './sync-outcome.ts'

/** `stopped`: the row says that nothing may be pulled; the others say how to go on. */
export interface WatchEnd {
  end: 'stopped' | 'watch' | 'poll'
}

/** A poll that could be a watch asks for a slot again after this long. */
const TRY_WATCH_AGAIN_MS = 3_600_000

/** Whatever may end a wait early. */
interface Interrupt {
  /** The worker stops, or the workflow wants no more of this. */
  leaving: AbortSignal
  signal(): AbortSignal
  /** Whether the row may have changed since this was last asked. */
  takeNotice(): boolean
  release(): void
}

interface WatchSession {
  mailbox: Mailbox
  held: HeldCursor
  interrupt: Interrupt
  /** The row when the connection was opened. */
  state: SyncState
}

export function createWatchActivities(deps: ActivityDeps) {
  const { db, tuning } = deps
  const outcome = createSyncOutcome(deps)
  const { openInboxMailbox } = createMailboxes(deps)
  const { pullAll } = createFolderPull(deps)
  const { pullSideFolders } = createSideFolders(deps)
  const { retryQuarantine } = createQuarantineRetry(deps)
  const { pullMissed } = createMissedPull(deps)
  const { fileOwed } = createSentCopies(deps)

  /** The whole life of one attempt, whichever way the mailbox is followed. */
  async function attempt(
    ref: InboxRef,
    follow: (session: WatchSession) => Promise<WatchEnd>,
    whenHostIsFull?: WatchEnd,
  ): Promise<WatchEnd> {
    return withHeartbeat(async (context) => {
      const interrupt = createInterrupt(context, ref)
      try {
        const state = await readSyncState(db, ref)
        if (!maySync(state)) return { end: 'stopped' }
        const mailbox = await openConfirmed(ref, interrupt)
        try {
          const held = await takeFence(db, { ...ref, folder: mailbox.folder, kind: 'live' })
          await retryQuarantine(ref, mailbox, held, state.lastGoodSyncAt)
          return await follow({ mailbox, held, interrupt, state })
        } finally {
          await mailbox.close()
        }
      } catch (error) {
        const failure = await outcome.endOf(ref, error, interrupt.leaving.aborted)
        if (whenHostIsFull && isHostFull(error)) return whenHostIsFull
        throw failure
      } finally {
        interrupt.release()
      }
    })
  }

  function createInterrupt(context: Context, ref: InboxRef): Interrupt {
    let controller = new AbortController()
    const unsubscribe = deps.changes.subscribe(ref.inboxId, () => controller.abort())
    const leaving = AbortSignal.any([context.cancellationSignal, deps.shuttingDown])
    return {
      leaving,
      signal: () => AbortSignal.any([leaving, controller.signal]),
      takeNotice() {
        const noticed = controller.signal.aborted
        if (noticed) controller = new AbortController()
        return noticed
      },
      release: unsubscribe,
    }
  }

  /** A refused password that has worked before, and a bare NO, count only when they come twice. */
  async function openConfirmed(ref: InboxRef, interrupt: Interrupt): Promise<Mailbox> {
    const open = () => openInboxMailbox(ref, { signal: interrupt.leaving })
    try {
      return await open()
    } catch (error) {
      if (!isRefusal(error)) throw error
      await pause(tuning.confirmPasswordMs, interrupt.signal())
      if (interrupt.leaving.aborted || interrupt.takeNotice()) throw again('Row changed', 1)
      try {
        return await open()
      } catch (second) {
        if (!isRefusal(second)) throw second
        throw new ChannelError('ReauthorizationRequired', {
          ...second.details,
          reason: 'wrong_password',
        })
      }
    }
  }

  return {
    watching: {
      /** Stays on the connection, woken by IDLE and by changes of the row. */
      watchInbox: async (ref: InboxRef): Promise<WatchEnd> => {
        // Those that come and go share the connections that one who stays would take for itself.
        const poll: WatchEnd = { end: 'poll' }
        if (await isPushed(ref)) return poll
        return attempt(ref, (session) => stay(ref, session), poll)
      },
    },
    polling: {
      /**
       * For mailboxes without IDLE, for those no watch slot is free for, and for channels that are
       * pushed to, which are asked for what was missed.
       */
      pollInbox: async (ref: InboxRef): Promise<WatchEnd> => {
        if (await isPushed(ref)) {
          return withHeartbeat(({ cancellationSignal }) =>
            pullMissed(ref, AbortSignal.any([cancellationSignal, deps.shuttingDown])),
          )
        }
        return attempt(ref, async (session) => {
          const count = await pullFolders(ref, session, session.state)
          const polledFor = Date.now() - Context.current().info.scheduledTimestampMs
          if (session.mailbox.hasIdle && polledFor > TRY_WATCH_AGAIN_MS) {
            await outcome.noteGood(ref, count === 0, tuning.idleCheckMs)
            return { end: 'watch' }
          }
          throw await pollAgain(ref, count, session.state)
        })
      },
    },
  }

  async function isPushed(ref: InboxRef): Promise<boolean> {
    const state = await readSyncState(db, ref)
    return state !== undefined && isChat(deps.channels.of(state.channel))
  }

  async function stay(ref: InboxRef, session: WatchSession): Promise<WatchEnd> {
    const { mailbox, interrupt } = session
    let { state } = session
    const recycleAt = Date.now() + tuning.recycleMs * (0.9 + 0.2 * Math.random())
    for (;;) {
      const count = await pullFolders(ref, session, state)
      if (!mailbox.hasIdle) throw await pollAgain(ref, count, state)
      await outcome.noteGood(ref, count === 0, tuning.idleCheckMs)
      if (Date.now() >= recycleAt) throw again('A fresh connection every few hours', 1)
      await mailbox.waitForChange({
        signal: interrupt.signal(),
        maxMs: Math.min(tuning.idleCheckMs, Math.max(recycleAt - Date.now(), 1)),
      })
      if (interrupt.leaving.aborted) throw again('This worker lets go', HAND_OVER_MS)
      // Taken before the row is read: a change after that is noticed in the next cycle.
      interrupt.takeNotice()
      const now = await readSyncState(db, ref)
      if (!maySync(now)) return { end: 'stopped' }
      if (now.generation !== state.generation) return { end: 'watch' }
      state = now
    }
  }

  /** What people answered elsewhere must be known when a rule runs, so the watched folder comes last. */
  async function pullFolders(
    ref: InboxRef,
    { mailbox, held, interrupt }: WatchSession,
    state: SyncState,
  ): Promise<number> {
    const beside = await pullSideFolders(ref, mailbox, state, interrupt.leaving)
    const pulled = await pullAll(ref, mailbox, held, state.lastGoodSyncAt)
    await fileOwed(ref)
    return beside + pulled
  }

  async function pollAgain(ref: InboxRef, count: number, state: SyncState): Promise<unknown> {
    const delay = pollDelayMs(count > 0 ? 0 : state.idleCycles)
    await outcome.noteGood(ref, count === 0, delay)
    return again(count > 0 ? `${count} new mails` : 'Nothing new', delay)
  }
}

function isHostFull(error: unknown): boolean {
  return error instanceof ChannelError && error.details.reason === 'too_many_connections'
}

function isRefusal(error: unknown): error is ChannelError {
  if (!(error instanceof ChannelError)) return false
  return error.details.reason === 'wrong_password' || error.details.reason === 'login_refused'
}
