// Who answers the contacts of a page, as far as asking about a conversation or a refused answer shows
// it. Evidence that cannot be had is none, and no trouble.

import { ChannelError } from '../channels/errors.ts'
import type { ShownReceiver } from '../channels/webhook.ts'
import { newestContacts, noteReceiver } from '../db/receivers.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { OpenChat } from './chats.ts'
import type { ActivityDeps } from './deps.ts'

/** An older conversation has no owner any more. */
const DAY_MS = 24 * 3_600_000

export function createReceiverNotes({ db, clock }: ActivityDeps) {
  /** Asks about the last conversation of each kind. */
  async function askForReceivers(
    ref: InboxRef,
    { channel: { chat }, connection }: OpenChat,
  ): Promise<void> {
    if (!chat.receiverOf) return
    const now = clock()
    for (const contact of await newestContacts(db, ref, new Date(now.getTime() - DAY_MS))) {
      try {
        const shown = await chat.receiverOf(connection, contact)
        if (shown) await keep(ref, shown)
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error
      }
    }
  }

  async function noteRefusal(
    ref: InboxRef,
    { channel: { chat } }: OpenChat,
    to: string,
    error: unknown,
  ): Promise<void> {
    const shown = error instanceof ChannelError && chat.receiverShownBy?.(error, to)
    if (shown) await keep(ref, shown)
  }

  function keep(ref: InboxRef, { product, owner, what: evidence }: ShownReceiver): Promise<void> {
    return noteReceiver(db, ref, { product, owner, evidence, seenAt: clock() })
  }

  return { askForReceivers, noteRefusal }
}
