// A copy in Sent for the mailbox's owner, where the server files none. The mail has gone out, so
// nothing here may fail a send or a sync.

import type { MailLocation } from '../channels/channel.ts'
import { ChannelError } from '../channels/errors.ts'
import { composeEmail } from '../channels/mail/compose.ts'
import type { Mailbox } from '../channels/mail/mailbox.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { createMailboxes } from './mailboxes.ts'
import { createOutbound } from './outbound.ts'
import { claimOwedCopy, type OwedCopy, settleCopy } from './state/sent-copies.ts'
import { readSyncState } from './state/sync-state.ts'

/** Far longer than the largest mail takes: whoever has not said so by then has died over it. */
const FILED_WITHIN_MS = 10 * 60_000

export function createSentCopies(deps: ActivityDeps) {
  const { db, clock, logger, tuning } = deps
  const { outboundOf } = createOutbound(deps)
  const { traitsOf, withSharedMailbox } = createMailboxes(deps)

  /** From now on until then a copy is only for one to file. */
  function claimUntil(): Date {
    return new Date(clock().getTime() + FILED_WITHIN_MS)
  }

  /** What has just gone out, in the bytes that it left in. */
  async function fileSent(inbox: InboxRef, messageId: number, raw: Buffer): Promise<void> {
    await file(inbox, messageId, (mailbox) => mailbox.appendSent(raw))
  }

  /** What a worker that died, or a mailbox that was away, has left to be filed. */
  async function fileOwed(inbox: InboxRef): Promise<void> {
    for (;;) {
      const owed = await claimOwedCopy(db, inbox, clock(), claimUntil())
      if (!owed) return
      const { message } = owed
      const settled = await file(inbox, message.id, async (mailbox) => {
        // Who began may have filed it, and only not lived to say so.
        const found = await mailbox.findBySourceId(message.sourceId!)
        return found ?? mailbox.appendSent(await rawOf(inbox, owed))
      })
      if (!settled) return
    }
  }

  /** False when it stays owed. */
  async function file(
    inbox: InboxRef,
    messageId: number,
    work: (mailbox: Mailbox) => Promise<MailLocation | undefined>,
  ): Promise<boolean> {
    try {
      await settleCopy(db, inbox, messageId, await withSharedMailbox(inbox, work))
      return true
    } catch (error) {
      const reason = error instanceof ChannelError ? error.details.reason : String(error)
      logger.warn({ inbox_id: inbox.inboxId, message_id: messageId, reason }, 'not in Sent')
      if (reason !== 'command_refused') return false
      // The server does not want this one, whoever asks.
      await settleCopy(db, inbox, messageId, undefined)
      return true
    }
  }

  async function rawOf({ accountId, inboxId }: InboxRef, { message, composedAt }: OwedCopy) {
    const { address } = traitsOf((await readSyncState(db, { accountId, inboxId }))!)
    const { conversationId, userName } = message
    const about = { mailBytes: tuning.mailFilesBytes, composedAt }
    const outbound = await outboundOf({ accountId, conversationId }, message, address, about)
    return composeEmail({ name: userName ?? '', address }, outbound)
  }

  return { claimUntil, fileSent, fileOwed }
}
