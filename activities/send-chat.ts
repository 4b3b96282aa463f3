// One message of a chat on its way out. No provider knows a key of ours, so what is ambiguous is
// looked for in its list before anybody repeats it.

import { type ChatMessage, windowOf } from '../channels/chat.ts'
import { AmbiguousSend, ChannelError } from '../channels/errors.ts'
import { lastWritten } from '../db/last-written.ts'
import { rest, restLeft, takeTokens } from '../db/token-buckets.ts'
import { mayCall } from '../domain/inbox.ts'
import { recordHealth } from '../messaging/record-health.ts'
import type { ConversationRef, InboxRef } from '../temporal/contracts.ts'
import { createAddresses } from './addresses.ts'
import { createChats, type OpenChat } from './chats.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { createReceiverNotes } from './note-receivers.ts'
import { createSendOutcome, type SendOutcome } from './send-outcome.ts'
import { unclaimedOf } from './state/pushed-messages.ts'
import { beginAttempt, endAttempt, type QueuedMessage } from './state/send-queue.ts'
import type { SyncState } from './state/sync-state.ts'
import { attachmentsOf } from './state/written-messages.ts'

/** Usage is told with an answer, and counts for whatever is sent next. */
const restOf = ({ inboxId }: InboxRef) => `rest/${inboxId}`

export function createChatSend(deps: ActivityDeps) {
  const { db, clock, tuning } = deps
  const addresses = createAddresses(deps)
  const { openChat } = createChats(deps)
  const { noteRefusal } = createReceiverNotes(deps)
  const outcome = createSendOutcome(deps)

  /** Throws only what a repeat may mend. */
  async function sendChat(
    ref: ConversationRef,
    message: QueuedMessage,
    { channel, facts }: SyncState,
  ): Promise<SendOutcome> {
    const inbox = { accountId: ref.accountId, inboxId: message.inboxId }
    if (!mayCall(facts, 'send')) return { outcome: 'blocked' }
    try {
      const chat = await openChat(inbox)
      const looking = message.status === 'transmitting'
      const statusUrl = `${addresses.webhook(channel, message.inboxId)}?message=${message.id}`
      const outbound = await outboundOf(ref, message, chat, statusUrl)
      if (looking) return await lookUp(ref, message, chat, outbound)
      const waitedTooLong = await outcome.ofWaiting(inbox, message)
      if (waitedTooLong) return waitedTooLong
      await keepPace(ref, inbox, chat)
      const hooks = {
        onTransmitting: () =>
          beginAttempt(db, ref.accountId, message, { sourceId: statusUrl }, clock()),
      }
      const { externalId, restMs = 0 } = await chat.channel.chat
        .send(chat.connection, outbound, hooks)
        .catch(async (error) => {
          await noteRefusal(inbox, chat, outbound.to, error)
          throw error
        })
      await accepted(ref, message, externalId)
      if (restMs > 0) await rest(db, restOf(inbox), restMs)
      if (facts.send.status !== 'ok') {
        await recordHealth(db, ref.accountId, message.inboxId, 'send', { status: 'ok' }, clock())
      }
      return { outcome: 'sent' }
    } catch (error) {
      if (error instanceof AmbiguousSend) {
        const lists = deps.channels.of(channel).chat?.findSent !== undefined
        if (!lists) return outcome.unconfirmed(inbox, message, error.details)
        throw again('It may have gone out: the provider’s list is asked', 1)
      }
      if (!(error instanceof ChannelError)) throw error
      return outcome.ofFailure(inbox, message, error, { oneLogin: true })
    }
  }

  /** How the contact was written to and what with. @throws ChannelError */
  async function outboundOf(
    ref: ConversationRef,
    message: QueuedMessage,
    { channel: { chat } }: OpenChat,
    statusUrl: string,
  ): Promise<ChatMessage> {
    const [written, files] = await Promise.all([
      lastWritten(db, ref),
      attachmentsOf(db, ref.accountId, message.id),
    ])
    if (!written) throw new ChannelError('MessageRejected', { reason: 'no_recipient' })
    const { template = null, interactive = null, automatic = false } = message.attributes
    const inReplyTo = message.attributes.in_reply_to ?? null
    const age = clock().getTime() - written.at.getTime()
    // The provider would take it, and tell only later that nobody got it.
    if (template === null && age >= windowOf(chat, automatic)) {
      throw new ChannelError('MessageRejected', { reason: 'window_closed' })
    }
    return {
      to: written.from,
      reference: message.id,
      late: age >= chat.windowMs,
      text: message.content,
      files: files.map((file) => ({
        fileName: file.file_name,
        contentType: file.content_type,
        size: file.size,
        url: addresses.attachment(ref.accountId, file.id),
      })),
      template,
      interactive,
      inReplyTo,
      statusUrl,
    }
  }

  /** The order within the conversation stays: its next message waits with this one. */
  async function keepPace(
    { conversationId }: ConversationRef,
    inbox: InboxRef,
    { channel: { chat } }: OpenChat,
  ): Promise<void> {
    const resting = await restLeft(db, restOf(inbox))
    if (resting > 0) throw again('The provider is near a limit', resting)
    if (!chat.pace) return
    const key = `send/${inbox.inboxId}`
    const waitMs = await takeTokens(db, [
      { key, ...chat.pace.inbox },
      // A contact has one conversation in an inbox, and its number is nobody's to keep here.
      { key: `${key}/${conversationId}`, ...chat.pace.contact },
    ])
    if (waitMs > 0) throw again('Not faster than the provider takes it', waitMs)
  }

  async function accepted(ref: ConversationRef, message: QueuedMessage, externalId: string) {
    const end = { state: 'accepted' as const, evidence: externalId }
    const result = { status: 'sent' as const, externalId }
    await endAttempt(db, ref.accountId, message, end, clock(), result)
  }

  /** Found, it went out; still not listed after a minute, it did not. */
  async function lookUp(
    ref: ConversationRef,
    message: QueuedMessage,
    { channel, connection }: OpenChat,
    outbound: ChatMessage,
  ): Promise<SendOutcome> {
    const since = message.transmittingSince ?? clock()
    const inbox = { accountId: ref.accountId, inboxId: message.inboxId }
    const { findSent } = channel.chat
    if (!findSent) return outcome.unconfirmed(inbox, message, { reason: 'worker_lost' })
    const listed = await findSent(connection, outbound, since)
    // The same words may have been sent before, as another message of ours.
    const unclaimed = await unclaimedOf(
      db,
      inbox,
      listed.map(({ externalId }) => externalId),
    )
    const found = listed.find(({ externalId }) => unclaimed.has(externalId))
    if (found) {
      await accepted(ref, message, found.externalId)
      return { outcome: 'sent' }
    }
    const { lookInListForMs, lookInSentEveryMs } = tuning
    if (clock().getTime() - since.getTime() < lookInListForMs) {
      throw again('Not in the provider’s list so far', Math.min(lookInSentEveryMs, lookInListForMs))
    }
    const end = { state: 'not_transmitted' as const, evidence: 'not in the list' }
    await endAttempt(db, ref.accountId, message, end, clock(), { status: 'queued' })
    throw again('The provider never got it, so it is sent once more', 1)
  }

  return { sendChat }
}
