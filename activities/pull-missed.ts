// What a channel that is pushed to was not told of: listed at the provider now and then, and stored
// like everything else, once. So are the statuses of what we sent.

import type { InboundMessage } from '../channels/channel.ts'
import { NO_FOLDER, takeFence } from '../db/channel-cursors.ts'
import { inTransaction } from '../db/client.ts'
import { replaceTemplates } from '../db/templates.ts'
import { arrivalByTime } from '../domain/arrival.ts'
import { identityOf } from '../messaging/inbound-contacts.ts'
import { settleListed } from '../messaging/settle-listed.ts'
import { storeInbound } from '../messaging/store-inbound.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { createChats, type OpenChat } from './chats.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { createReceiverNotes } from './note-receivers.ts'
import { type UnsettledSends, unknownOf, unsettledSends } from './state/pushed-messages.ts'
import { maySync, readSyncState } from './state/sync-state.ts'
import { createSyncOutcome, HAND_OVER_MS } from './sync-outcome.ts'

export function createMissedPull(deps: ActivityDeps) {
  const { db, clock, tuning } = deps
  const outcome = createSyncOutcome(deps)
  const { openChat } = createChats(deps)
  const { askForReceivers } = createReceiverNotes(deps)

  /** Ends by a failure that says when to ask again; returns only when nothing may be asked. */
  async function pullMissed(ref: InboxRef, leaving: AbortSignal): Promise<{ end: 'stopped' }> {
    try {
      const state = await readSyncState(db, ref)
      if (!maySync(state)) return { end: 'stopped' }
      const chat = await openChat(ref)
      const stored = await pullAll(ref, chat, state.lastGoodSyncAt, leaving)
      await refreshTemplates(ref, chat)
      await askForReceivers(ref, chat)
      await outcome.noteGood(ref, stored === 0, tuning.pullEveryMs)
      throw again(stored > 0 ? `${stored} were missed` : 'Nothing was missed', tuning.pullEveryMs)
    } catch (error) {
      throw await outcome.endOf(ref, error, leaving.aborted)
    }
  }

  /** How many messages nobody had told us of. */
  async function pullAll(
    ref: InboxRef,
    { channel, connection }: OpenChat,
    lastGoodSyncAt: Date | null,
    leaving: AbortSignal,
  ): Promise<number> {
    const pull = channel.pull
    if (!pull) throw new Error(`${channel.type} lists nothing`)
    const held = await takeFence(db, { ...ref, folder: NO_FOLDER, kind: 'live' })
    let stored = 0
    for (let cursor: unknown = held.cursor; ; ) {
      const now = clock()
      const context = {
        now,
        since: held.startedAt,
        unknownOf: (ids: string[]) => unknownOf(db, ref, ids),
      }
      const page = await pull(connection, cursor, context)
      const unsettled = await unsettledSends(db, ref)
      const messages = page.messages.filter((message) => !mayBeOurs(message, unsettled))
      const target = {
        ...ref,
        folder: NO_FOLDER,
        fence: held.fence,
        nextCursor: page.cursor,
        now,
        storage: deps.storage,
        arrivalOf: (message: { deliveredAt: Date }) =>
          arrivalByTime(message.deliveredAt, lastGoodSyncAt ?? held.startedAt),
      }
      // In one go with the cursor, since a stretch is listed once.
      const { live, late } = await inTransaction(db, async (trx) => {
        const counts = await storeInbound(trx, target, { ...page, messages })
        await settleListed(trx, ref, page.statuses ?? [])
        return counts
      })
      stored += live + late
      if (page.next === undefined) return stored
      if (leaving.aborted) throw again('This worker lets go', HAND_OVER_MS)
      cursor = page.next
    }
  }

  /** Agents pick from what is listed here; a provider that does not list them has none. */
  async function refreshTemplates(ref: InboxRef, { channel, connection }: OpenChat): Promise<void> {
    const templates = await channel.chat.templates?.(connection)
    if (templates) await replaceTemplates(db, ref, templates)
  }

  return { pullMissed }
}

/** One of ours whose reply never came would be taken for somebody else's. */
function mayBeOurs(
  { direction, contact, sentAt }: InboundMessage,
  unsettled: UnsettledSends,
): boolean {
  if (direction === 'incoming') return false
  return [contact, ...(contact.aliases ?? [])].some((identity) => {
    const since = unsettled.get(identityOf(identity))
    return since !== undefined && sentAt >= since
  })
}
