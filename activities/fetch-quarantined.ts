// The original of a mail that could not be read or stored, from its place in the mailbox.

import { ChannelError } from '../channels/errors.ts'
import { claimObjects } from '../db/stored-objects.ts'
import { findQuarantineRow } from '../db/views/operations.ts'
import { FileRefused } from '../storage/scanned.ts'
import { storeStream } from '../storage/store-stream.ts'
import type { FetchedMail, QuarantineRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { createMailboxes } from './mailboxes.ts'

/** It is not there any more; after a UIDVALIDITY change its place is another mail's. */
const GONE = ['attachment_gone', 'uidvalidity_changed', 'folder_not_found']

export function createQuarantineActivities(deps: ActivityDeps) {
  const { db, storage } = deps
  const { openInboxMailbox } = createMailboxes(deps)

  return {
    /** No row refers to what is stored: it is swept away an hour later at the earliest. */
    async fetchQuarantined({ accountId, quarantineId }: QuarantineRef): Promise<FetchedMail> {
      const row = await findQuarantineRow(db, accountId, quarantineId)
      if (!row) return { missing: 'gone' }
      const place = {
        folder: row.folder,
        uidValidity: BigInt(row.uidvalidity),
        uid: Number(row.uid),
      }
      try {
        const mailbox = await openInboxMailbox({ accountId, inboxId: row.inbox_id })
        try {
          const whole = await mailbox.fetchPart(place, '')
          const { key } = await storeStream(storage, whole, {
            accountId,
            limitBytes: Number.POSITIVE_INFINITY,
            claim: (name) => claimObjects(db, accountId, [name]),
          })
          return { storageKey: key }
        } finally {
          await mailbox.close()
        }
      } catch (error) {
        if (error instanceof FileRefused) return { missing: 'refused' }
        if (!(error instanceof ChannelError)) throw error
        // Whoever waits for it tries again; why the mailbox is closed the inbox tells by itself.
        return { missing: GONE.includes(error.details.reason) ? 'gone' : 'unreachable' }
      }
    },
  }
}
