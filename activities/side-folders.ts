// Folders read beside the first: others a person chose, and Sent for what people wrote elsewhere.

import { ChannelError } from '../channels/errors.ts'
import type { MailTraits } from '../channels/mail/account.ts'
import type { Mailbox } from '../channels/mail/mailbox.ts'
import type { LiveCursor } from '../channels/mail/receive.ts'
import { listLivePositions, recordWatermark, takeFence } from '../db/channel-cursors.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { createMailboxes } from './mailboxes.ts'
import { createFolderPull, startOf } from './pull-folder.ts'
import type { SyncState } from './state/sync-state.ts'

export function createSideFolders(deps: ActivityDeps) {
  const { db } = deps
  const { pullAll } = createFolderPull(deps)
  const { openInboxMailbox, traitsOf } = createMailboxes(deps)

  /**
   * Asks on the first folder's connection whether anything is new and opens only what is. Returns
   * how many mails came.
   */
  async function pullSideFolders(
    ref: InboxRef,
    mailbox: Mailbox,
    state: SyncState,
    signal: AbortSignal,
  ): Promise<number> {
    const names = besideTheFirst(traitsOf(state))
    if (names.length === 0) return 0
    const positions = await listLivePositions(db, ref)
    let count = 0
    for (const name of names) {
      const status = await mailbox.statusOf(name)
      if (!status) {
        deps.logger.debug({ inbox_id: ref.inboxId }, 'A folder to be read is not there')
        continue
      }
      const position = positions.get(status.folder)
      if (!position) {
        // The first look only remembers where the folder ends.
        const key = { ...ref, folder: status.folder, kind: 'live' as const }
        await recordWatermark(db, key, status)
      } else if (hasNews(startOf(position), status)) {
        count += await pull(ref, name, state.lastGoodSyncAt, signal)
      }
    }
    return count
  }

  async function pull(
    ref: InboxRef,
    name: string,
    lastGoodSyncAt: Date | null,
    signal: AbortSignal,
  ): Promise<number> {
    try {
      const mailbox = await openInboxMailbox(ref, { folder: name, signal })
      try {
        const held = await takeFence(db, { ...ref, folder: mailbox.folder, kind: 'live' })
        return await pullAll(ref, mailbox, held, lastGoodSyncAt)
      } finally {
        await mailbox.close()
      }
    } catch (error) {
      // The first folder is what must not wait: it meets the same server in a moment and judges it.
      if (!(error instanceof ChannelError)) throw error
      const { reason } = error.details
      deps.logger.debug({ inbox_id: ref.inboxId, reason }, 'A folder could not be read this time')
      return 0
    }
  }

  return { pullSideFolders }
}

/** Sent first: what a person answered meanwhile must be known when a rule runs. */
function besideTheFirst({ folders, syncSent }: MailTraits): string[] {
  const others = folders.slice(1)
  return syncSent ? ['\\Sent', ...others] : others
}

function hasNews(from: LiveCursor | undefined, status: { uidValidity: bigint; uidNext: number }) {
  if (!from || from.uidValidity !== String(status.uidValidity)) return true
  return from.nextUid < status.uidNext
}
