// Mail that people wrote in other programs, read from the Sent folder as outgoing messages.

import type { EmailSettings } from '../channels/email/index.ts'
import { ChannelError } from '../channels/errors.ts'
import { recordWatermark, takeFence } from '../db/channel-cursors.ts'
import { inTransaction } from '../db/client.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { createMailboxes } from './mailboxes.ts'
import { createFolderPull } from './pull-folder.ts'
import { readSyncState } from './state/sync-state.ts'

export function createSentPull(deps: ActivityDeps) {
  const { db } = deps
  const { pullAll } = createFolderPull(deps)
  const { openInboxMailbox } = createMailboxes(deps)

  /** Nothing happens where it is switched off or there is no such folder. */
  async function pullSent(ref: InboxRef, signal: AbortSignal): Promise<void> {
    const state = await readSyncState(db, ref)
    const settings = state?.settings as EmailSettings | undefined
    if (!settings?.sync_sent) return
    try {
      const mailbox = await openInboxMailbox(ref, { folder: '\\Sent', signal })
      try {
        const key = { ...ref, folder: mailbox.folder, kind: 'live' as const }
        // The first look only remembers where the folder ends.
        await inTransaction(db, (trx) => recordWatermark(trx, key, mailbox.status()))
        await pullAll(ref, mailbox, await takeFence(db, key))
      } finally {
        await mailbox.close()
      }
    } catch (error) {
      // INBOX is what must not wait: it meets the same server in a moment and judges it.
      if (!(error instanceof ChannelError)) throw error
      if (error.details.reason === 'no_sent_folder') return
      const { reason } = error.details
      deps.logger.debug({ inbox_id: ref.inboxId, reason }, 'Sent could not be read this time')
    }
  }

  return { pullSent }
}
