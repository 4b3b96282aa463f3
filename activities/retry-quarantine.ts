// Reading again what could not be understood before; it stays visible until it is stored.

import { ChannelError } from '../channels/errors.ts'
import type { Mailbox } from '../channels/mail/mailbox.ts'
import { type HeldCursor, takeFence } from '../db/channel-cursors.ts'
import { storeInbound } from '../messaging/store-inbound.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { createMailboxes } from './mailboxes.ts'
import { arrivalIn } from './pull-folder.ts'
import { listRetrying, settleRetry } from './state/quarantine.ts'

type Retrying = Awaited<ReturnType<typeof listRetrying>>[number]

export function createQuarantineRetry(deps: ActivityDeps) {
  const { db, clock } = deps
  const { openInboxMailbox } = createMailboxes(deps)

  /** `mailbox` is the watched folder; others are opened for as long as it takes. */
  async function retryQuarantine(
    ref: InboxRef,
    mailbox: Mailbox,
    held: HeldCursor,
    lastGoodSyncAt: Date | null,
  ): Promise<void> {
    const waiting = await listRetrying(db, ref)
    if (waiting.length === 0) return
    for (const [folder, mails] of Map.groupBy(waiting, (mail) => mail.folder)) {
      if (folder === mailbox.folder) await retryIn(ref, mailbox, held, lastGoodSyncAt, mails)
      else {
        // What lies there went out, whatever its headers say.
        const name = folder === (await mailbox.sentFolder()) ? '\\Sent' : folder
        await retryBeside(ref, name, lastGoodSyncAt, mails)
      }
    }
  }

  async function retryBeside(
    ref: InboxRef,
    name: string,
    lastGoodSyncAt: Date | null,
    mails: Retrying[],
  ): Promise<void> {
    try {
      const mailbox = await openInboxMailbox(ref, { folder: name })
      try {
        const held = await takeFence(db, { ...ref, folder: mailbox.folder, kind: 'live' })
        await retryIn(ref, mailbox, held, lastGoodSyncAt, mails)
      } finally {
        await mailbox.close()
      }
    } catch (error) {
      // A folder that is gone must not keep the others from being read.
      if (!(error instanceof ChannelError)) throw error
      for (const { id } of mails) await settleRetry(db, ref.accountId, id, 'waiting', clock())
    }
  }

  /** The cursor does not move: these mails lie behind it. */
  async function retryIn(
    ref: InboxRef,
    mailbox: Mailbox,
    held: HeldCursor,
    lastGoodSyncAt: Date | null,
    mails: Retrying[],
  ): Promise<void> {
    const uidValidity = String(mailbox.status().uidValidity)
    for (const { id, uid, uidvalidity, arrival } of mails) {
      let stored = false
      if (String(uidvalidity) === uidValidity) {
        const page = await mailbox.pullLive({ uidValidity, nextUid: uid }, { limit: 1 })
        // The next higher mail answers for one that is gone.
        const messages = page.messages.filter(({ location }) => location?.uid === uid)
        const poison = page.poison.filter(({ location }) => location.uid === uid)
        await storeInbound(
          db,
          {
            ...ref,
            folder: mailbox.folder,
            now: clock(),
            storage: deps.storage,
            arrivalOf: (mail) =>
              arrival === 'history' ? 'history' : arrivalIn(mailbox, held, lastGoodSyncAt)(mail),
          },
          { messages, poison },
        )
        stored = messages.length > 0
      }
      await settleRetry(db, ref.accountId, id, stored ? 'stored' : 'waiting', clock())
    }
  }

  return { retryQuarantine }
}
