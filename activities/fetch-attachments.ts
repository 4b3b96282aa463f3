// The background pass: files of large mails, streamed from the mailbox to storage.

import { Context } from '@temporalio/activity'
import { ChannelError } from '../channels/errors.ts'
import type { Mailbox } from '../channels/mail/mailbox.ts'
import { claimObjects } from '../db/stored-objects.ts'
import { addToTimeline } from '../db/timeline.ts'
import { mayCall } from '../domain/inbox.ts'
import { FileRefused } from '../storage/scanned.ts'
import { StorageUnavailable } from '../storage/storage.ts'
import { FileTooLarge, storeStream } from '../storage/store-stream.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again, toTemporalFailure } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { createMailboxes } from './mailboxes.ts'
import {
  type FileEnd,
  isImporting,
  isRescanned,
  leaveLarger,
  listFilesInMailbox,
  readLimit,
  settleFile,
  type WaitingFile,
} from './state/attachments.ts'
import { addBytes, bytesToday } from './state/import-state.ts'
import { readSyncState } from './state/sync-state.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'

export interface FilesStep {
  end: 'done' | 'stopped' | 'more'
  /** ISO-8601; the day's byte budget is spent until then. */
  parkedUntil: string | null
}

const BATCH = 50

export function createAttachmentActivities(deps: ActivityDeps) {
  const { db, storage, clock, tuning } = deps
  const { openInboxMailbox } = createMailboxes(deps)

  return {
    /** Fetches for some minutes; what vanished from the mailbox is marked lost. */
    fetchAttachments: (ref: InboxRef): Promise<FilesStep> =>
      withHeartbeat(async ({ cancellationSignal }) => {
        const leaving = AbortSignal.any([cancellationSignal, deps.shuttingDown])
        try {
          return await share(ref, leaving)
        } catch (error) {
          if (leaving.aborted) throw again('This worker lets go of the files', HAND_OVER_MS)
          if (error instanceof StorageUnavailable) await tellOnce(ref, error)
          throw toTemporalFailure(error)
        }
      }),
  }

  /** The inbox's timeline says it when it begins; the workflow's page shows every try. */
  async function tellOnce(ref: InboxRef, { message }: StorageUnavailable): Promise<void> {
    deps.logger.error({ inbox_id: ref.inboxId, error: message }, 'Attachments wait')
    if (Context.current().info.attempt > 1) return
    const data = { reason: 'storage_unavailable', evidence: message }
    await addToTimeline(db, ref, 'files_waiting', data)
  }

  async function share(ref: InboxRef, leaving: AbortSignal): Promise<FilesStep> {
    const until = Date.now() + tuning.importShareMs
    const limitBytes = await readLimit(db, ref, tuning.attachmentLimitBytes)
    await leaveLarger(db, ref, limitBytes)
    let mailbox: Mailbox | undefined
    try {
      for (;;) {
        const state = await readSyncState(db, ref)
        if (!state || !mayCall(state.facts, 'receive')) return { end: 'stopped', parkedUntil: null }
        const now = clock()
        // The budget is for history: what customers write today is fetched today.
        const spent = (await bytesToday(db, ref, now)) >= tuning.importDailyBytes
        const importing = await isImporting(db, ref)
        const which = { liveOnly: spent || importing, limit: BATCH }
        const files = await listFilesInMailbox(db, ref, which)
        if (files.length === 0) {
          return spent && !importing && (await anyLeft(ref))
            ? { end: 'more', parkedUntil: tomorrow(now) }
            : { end: 'done', parkedUntil: null }
        }
        mailbox ??= await openInboxMailbox(ref, { signal: leaving })
        for (const file of files) {
          const found = await fetchOne(ref, mailbox, file, limitBytes)
          if (!found) return { end: 'more', parkedUntil: soon(now) }
          if (leaving.aborted) throw again('This worker lets go of the files', HAND_OVER_MS)
          if (Date.now() >= until) return { end: 'more', parkedUntil: null }
        }
      }
    } finally {
      await mailbox?.close()
    }
  }

  async function anyLeft(ref: InboxRef): Promise<boolean> {
    return (await listFilesInMailbox(db, ref, { liveOnly: false, limit: 1 })).length > 0
  }

  /** False: a folder was renumbered, and where the mail lies now is not known yet. */
  async function fetchOne(
    ref: InboxRef,
    mailbox: Mailbox,
    { id, places, part }: WaitingFile,
    limitBytes: number,
  ): Promise<boolean> {
    const { accountId } = ref
    const settle = (end: FileEnd) => settleFile(db, accountId, id, end).then(() => true)
    let unsure = false
    for (const place of places) {
      try {
        const file = await storeStream(storage, await mailbox.fetchPart(place, part), {
          accountId,
          limitBytes,
          claim: (key) => claimObjects(db, accountId, [key]),
        })
        await addBytes(db, ref, clock(), file.size)
        return await settle(file)
      } catch (error) {
        if (error instanceof FileTooLarge) return settle('too_large')
        if (error instanceof FileRefused) return settle({ refused: error.reason })
        if (!(error instanceof ChannelError)) throw error
        const { reason } = error.details
        if (reason === 'uidvalidity_changed') unsure ||= await isUnread(ref, mailbox, place.folder)
        else if (reason !== 'attachment_gone') throw error
      }
    }
    return unsure ? false : settle('lost')
  }

  /** Sync has yet to find out where the mails of this folder lie now. */
  async function isUnread(ref: InboxRef, mailbox: Mailbox, folder: string): Promise<boolean> {
    const status = await mailbox.statusOf(folder)
    return status !== undefined && !(await isRescanned(db, ref, status))
  }
}

/** A rescan of a whole mailbox takes minutes. */
function soon(now: Date): string {
  return new Date(now.getTime() + 5 * 60_000).toISOString()
}

function tomorrow(now: Date): string {
  return new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1),
  ).toISOString()
}
