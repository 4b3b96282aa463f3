// The background pass after an import: files of large mails, streamed from the mailbox to storage.

import type { Mailbox } from '../channels/email/index.ts'
import { ChannelError } from '../channels/errors.ts'
import { mayCall } from '../domain/inbox.ts'
import type { ImportInput } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again, toTemporalFailure } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { createMailboxes } from './mailboxes.ts'
import { listFilesInMailbox, settleFile, type WaitingFile } from './state/attachments.ts'
import { addBytes, bytesToday } from './state/import-state.ts'
import { readSyncState } from './state/sync-state.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'

export interface FilesStep {
  end: 'done' | 'stopped' | 'more'
  /** ISO-8601; the day's byte budget is spent until then. */
  parkedUntil: string | null
}

const BATCH = 50
/** Reasons that say the mail itself is gone, as against the server being in trouble. */
const GONE = new Set(['attachment_gone'])

export function createAttachmentActivities(deps: ActivityDeps) {
  const { db, storage, clock, tuning } = deps
  const { openInboxMailbox } = createMailboxes(deps)

  return {
    /** Fetches for some minutes; what vanished from the mailbox is marked lost. */
    fetchAttachments: (input: ImportInput): Promise<FilesStep> =>
      withHeartbeat(async ({ cancellationSignal }) => {
        const leaving = AbortSignal.any([cancellationSignal, deps.shuttingDown])
        try {
          return await share(input, leaving)
        } catch (error) {
          if (leaving.aborted) throw again('This worker lets go of the files', HAND_OVER_MS)
          throw toTemporalFailure(error)
        }
      }),
  }

  async function share(input: ImportInput, leaving: AbortSignal): Promise<FilesStep> {
    const until = Date.now() + tuning.importShareMs
    const state = await readSyncState(db, input)
    if (!state || !mayCall(state.facts, 'receive')) return { end: 'stopped', parkedUntil: null }
    let files = await listFilesInMailbox(db, input, 0, BATCH)
    if (files.length === 0) return { end: 'done', parkedUntil: null }
    const mailbox = await openInboxMailbox(input, { signal: leaving })
    try {
      while (files.length > 0) {
        for (const file of files) {
          const now = clock()
          if ((await bytesToday(db, input, now)) >= tuning.importDailyBytes) {
            return { end: 'more', parkedUntil: tomorrow(now) }
          }
          await fetchOne(input, mailbox, file)
          if (leaving.aborted) throw again('This worker lets go of the files', HAND_OVER_MS)
          if (Date.now() >= until) return { end: 'more', parkedUntil: null }
        }
        const now = await readSyncState(db, input)
        if (!now || !mayCall(now.facts, 'receive')) return { end: 'stopped', parkedUntil: null }
        files = await listFilesInMailbox(db, input, files.at(-1)!.id, BATCH)
      }
      return { end: 'done', parkedUntil: null }
    } finally {
      await mailbox.close()
    }
  }

  async function fetchOne(input: ImportInput, mailbox: Mailbox, file: WaitingFile): Promise<void> {
    const { accountId } = input
    const { location } = file
    if (!location || location.uidValidity !== mailbox.status().uidValidity) {
      return settleFile(db, accountId, file.id, { state: 'lost' })
    }
    try {
      const storageKey = `${accountId}/attachments/${file.id}`
      const size = await storage.put(storageKey, await mailbox.fetchPart(location, file.part))
      await settleFile(db, accountId, file.id, { state: 'stored', storageKey, size })
      await addBytes(db, input, clock(), size)
    } catch (error) {
      if (!(error instanceof ChannelError) || !GONE.has(error.details.reason)) throw error
      await settleFile(db, accountId, file.id, { state: 'lost' })
    }
  }
}

function tomorrow(now: Date): string {
  return new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1),
  ).toISOString()
}
