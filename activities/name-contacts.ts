// Names of contacts who wrote without one, asked for at the provider. No message waits for them.

import { addAccountEvents } from '../db/account-events.ts'
import { inTransaction } from '../db/client.ts'
import { listUnnamed, settleName } from '../db/contact-names.ts'
import { writeNames } from '../messaging/write-names.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { createChats } from './chats.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'

const BATCH = 20

export function createContactNames(deps: ActivityDeps) {
  const { db } = deps
  const { openChat } = createChats(deps)

  /** Until nobody is without one whom the provider would name. @throws ChannelError */
  async function nameContacts(ref: InboxRef, leaving: AbortSignal): Promise<void> {
    for (;;) {
      const unnamed = await listUnnamed(db, ref, BATCH)
      if (unnamed.length === 0) return
      const { channel, connection } = await openChat(ref)
      for (const contact of unnamed) {
        const { kind, value } = contact
        const name = await channel.chat.nameOf?.(connection, { kind, value })
        await keep(ref, contact, name)
        if (leaving.aborted) throw again('This worker lets go of the names', HAND_OVER_MS)
      }
    }
  }

  function keep(
    { accountId }: InboxRef,
    { contactId, ...identity }: { kind: string; value: string; contactId: number },
    name: string | undefined,
  ): Promise<void> {
    return inTransaction(db, async (trx) => {
      await settleName(trx, accountId, identity)
      if (name === undefined) return
      await writeNames(trx, accountId, [{ ...identity, name }])
      const talks = await trx
        .selectFrom('conversations')
        .select(['id', 'inbox_id'])
        .where('account_id', '=', accountId)
        .where('contact_id', '=', contactId)
        .execute()
      const events = talks.map(({ id, inbox_id }) => ({
        kind: 'conversation.updated',
        data: { inbox_id, conversation_id: id },
      }))
      await addAccountEvents(trx, accountId, events)
    })
  }

  return { nameContacts }
}
