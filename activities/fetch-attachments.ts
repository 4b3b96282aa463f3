// The background pass: files of large mails and of chats, streamed from where they lie to storage, and
// names of contacts, which chats tell only when they are asked.

import type { Readable } from 'node:stream'
import { Context } from '@temporalio/activity'
import { claimObjects } from '../db/stored-objects.ts'
import { addToTimeline } from '../db/timeline.ts'
import { mayCall } from '../domain/inbox.ts'
import { FileRefused } from '../storage/scanned.ts'
import { StorageUnavailable } from '../storage/storage.ts'
import { FileTooLarge, storeStream } from '../storage/store-stream.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again, toTemporalFailure } from './failures.ts'
import { createFileSources, type FileSource } from './file-sources.ts'
import { withHeartbeat } from './heartbeat.ts'
import { createContactNames } from './name-contacts.ts'
import {
  type FileEnd,
  isImporting,
  leaveLarger,
  listFilesInMailbox,
  readLimit,
  settleFile,
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
  const { openSource } = createFileSources(deps)
  const { nameContacts } = createContactNames(deps)

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
    /** To be looked for again, and when. */
    const later = new Map<number, Date>()
    let source: FileSource | undefined
    try {
      for (;;) {
        const state = await readSyncState(db, ref)
        if (!state || !mayCall(state.facts, 'receive')) return { end: 'stopped', parkedUntil: null }
        const now = clock()
        // The budget is for history: what customers write today is fetched today.
        const spent = (await bytesToday(db, ref, now)) >= tuning.importDailyBytes
        const importing = await isImporting(db, ref)
        const which = { liveOnly: spent || importing, limit: BATCH + later.size }
        const listed = await listFilesInMailbox(db, ref, which)
        const files = listed.filter(({ id }) => !later.has(id))
        if (files.length === 0) {
          await nameContacts(ref, leaving)
          if (later.size > 0) return { end: 'more', parkedUntil: earliest(later.values()) }
          return spent && !importing && (await anyLeft(ref))
            ? { end: 'more', parkedUntil: tomorrow(now) }
            : { end: 'done', parkedUntil: null }
        }
        source ??= await openSource(ref, state, leaving)
        for (const file of files) {
          const found = await source.open(file)
          if (found !== 'lost' && 'again' in found) {
            later.set(file.id, found.again)
          } else {
            const end = found === 'lost' ? found : await store(ref, found, limitBytes)
            await settleFile(db, ref.accountId, file.id, end)
          }
          if (leaving.aborted) throw again('This worker lets go of the files', HAND_OVER_MS)
          if (Date.now() >= until) return { end: 'more', parkedUntil: null }
        }
      }
    } finally {
      await source?.close()
    }
  }

  async function store(ref: InboxRef, content: Readable, limitBytes: number): Promise<FileEnd> {
    const { accountId } = ref
    try {
      const file = await storeStream(storage, content, {
        accountId,
        limitBytes,
        claim: (key) => claimObjects(db, accountId, [key]),
      })
      await addBytes(db, ref, clock(), file.size)
      return file
    } catch (error) {
      if (error instanceof FileTooLarge) return 'too_large'
      if (error instanceof FileRefused) return { refused: error.reason }
      throw error
    }
  }

  async function anyLeft(ref: InboxRef): Promise<boolean> {
    return (await listFilesInMailbox(db, ref, { liveOnly: false, limit: 1 })).length > 0
  }
}

function earliest(dates: Iterable<Date>): string {
  return new Date(Math.min(...[...dates].map((date) => date.getTime()))).toISOString()
}

function tomorrow(now: Date): string {
  return new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1),
  ).toISOString()
}
