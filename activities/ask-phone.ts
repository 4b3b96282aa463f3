// What a phone shares once after its number was connected: asked for in order, and never again once
// the provider has answered, whichever process asked.

import type { PushedHistory } from '../channels/channel.ts'
import { inTransaction } from '../db/client.ts'
import { unsettledShares } from '../db/phone-shares.ts'
import { noteShare } from '../messaging/note-history.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { createChats } from './chats.ts'
import type { ActivityDeps } from './deps.ts'

export function createPhoneShares(deps: ActivityDeps) {
  const { db, clock } = deps
  const { openChat } = createChats(deps)

  /** @throws ChannelError while the provider does not answer; to be called again then */
  async function askShares(ref: InboxRef, history: PushedHistory): Promise<void> {
    const unsettled = await unsettledShares(db, ref)
    if (unsettled.size === 0) return
    const { channel, connection } = await openChat(ref)
    // What is sent before anybody is told of it never comes again.
    await channel.subscribe?.(connection)
    for (const share of history.shares(connection.settings)) {
      const until = unsettled.get(share)
      if (!until) continue
      // A day without an answer: the hold must not wait for one for ever.
      const refused = until <= clock() || (await history.ask(connection, share)) === 'refused'
      await inTransaction(db, (trx) => noteShare(trx, { ...ref, now: clock() }, { share, refused }))
    }
  }

  return { askShares }
}
