// One message of a conversation on its way out. What is certain is recorded before and after; what
// is not is looked up in Sent, or becomes `unconfirmed`, which only a person repeats.

import { AmbiguousSend, ChannelError } from '../channels/errors.ts'
import type { MailTraits } from '../channels/mail/account.ts'
import { sendFromAccount } from '../channels/mail/send.ts'
import { takeToken } from '../db/token-buckets.ts'
import { mayCall, needsReauthorization } from '../domain/inbox.ts'
import { recordHealth } from '../messaging/record-health.ts'
import type { ConversationRef, InboxRef } from '../temporal/contracts.ts'
import { isChat } from './chats.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { createMailboxes } from './mailboxes.ts'
import { createOutbound } from './outbound.ts'
import { pause } from './pause.ts'
import { createChatSend } from './send-chat.ts'
import { createSendOutcome, type SendOutcome } from './send-outcome.ts'
import { createSentCopies } from './sent-copies.ts'
import { beginAttempt, endAttempt, hasQueued, nextQueued } from './state/send-queue.ts'
import { settleCopy } from './state/sent-copies.ts'
import { readSyncState, type SyncState } from './state/sync-state.ts'
import { attachmentsOf } from './state/written-messages.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'

export type { SendOutcome } from './send-outcome.ts'

/** Everything one try needs. */
interface Try {
  inbox: InboxRef
  message: NonNullable<Awaited<ReturnType<typeof nextQueued>>>
  traits: MailTraits
  facts: SyncState['facts']
  signal: AbortSignal
}

export function createSendActivities(deps: ActivityDeps) {
  const { db, clock } = deps
  const { outboundOf } = createOutbound(deps)
  const { traitsOf, withAccount, withSharedMailbox } = createMailboxes(deps)
  const outcome = createSendOutcome(deps)
  const { sendChat } = createChatSend(deps)
  const { claimUntil, fileSent } = createSentCopies(deps)
  /** Inboxes whose refused login is being tried once more. */
  const confirming = new Set<number>()

  return {
    /** Sends the conversation's next message. Throws only what a repeat may mend. */
    sendNext: (ref: ConversationRef): Promise<SendOutcome> =>
      withHeartbeat(async (context) => {
        const end = await sendOne(ref, context.cancellationSignal)
        const over = end.outcome === 'none' || end.outcome === 'blocked'
        return { ...end, more: !over && (await hasQueued(db, ref)) }
      }),
  }

  async function sendOne(ref: ConversationRef, signal: AbortSignal): Promise<SendOutcome> {
    const message = await nextQueued(db, ref)
    if (!message) return { outcome: 'none' }
    const inbox = { accountId: ref.accountId, inboxId: message.inboxId }
    const state = await readSyncState(db, inbox)
    if (state && isChat(deps.channels.of(state.channel))) return sendChat(ref, message, state)
    const traits = state && traitsOf(state)
    // An earlier try began and nobody knows its end.
    if (message.status === 'transmitting' && !traits?.filesSent) {
      return outcome.unconfirmed(inbox, message, { reason: 'worker_lost' })
    }
    if (!state || !traits || !maySend(state.facts, traits)) return { outcome: 'blocked' }
    // What is looked for lies in a mailbox that cannot be opened before somebody reconnects it.
    if (message.status === 'transmitting' && !mayCall(state.facts, 'receive')) {
      return { outcome: 'blocked' }
    }
    const waitedTooLong = await outcome.ofWaiting(inbox, message)
    if (waitedTooLong) return waitedTooLong
    const { facts } = state
    const current = { inbox, message, traits, facts, signal }
    try {
      if (message.status === 'transmitting') return await lookInSent(current)
      await keepPace(current)
      return await transmit(ref, current)
    } catch (error) {
      if (error instanceof AmbiguousSend) {
        if (!traits.filesSent) return outcome.unconfirmed(inbox, message, error.details)
        throw again('It may have gone out: Sent is asked', deps.tuning.lookInSentEveryMs)
      }
      if (!(error instanceof ChannelError)) throw error
      return outcome.ofFailure(inbox, message, error, traits)
    }
  }

  /** The order within the conversation stays: its next message waits with this one. */
  async function keepPace({ inbox, traits: { perMinute } }: Try): Promise<void> {
    if (perMinute === undefined) return
    const pace = { capacity: Math.max(1, perMinute / 6), perSecond: perMinute / 60 }
    const waitMs = await takeToken(db, `send/${inbox.inboxId}`, pace)
    if (waitMs > 0) throw again('Not faster than the mailbox may send', waitMs)
  }

  async function transmit(ref: ConversationRef, current: Try): Promise<SendOutcome> {
    const { inbox, message, traits, facts, signal } = current
    const { accountId, inboxId } = inbox
    const sendWith = async (mailBytes: number) => {
      const outbound = await outboundOf(ref, message, traits.address, { mailBytes })
      const onTransmitting = () => beginAttempt(db, accountId, message, outbound, clock())
      // A token is refused before anything is transmitted, so another may be tried.
      return withAccount(inbox, (account) =>
        sendFromAccount(
          account,
          outbound,
          { onTransmitting },
          { fromName: message.userName ?? undefined, signal },
        ),
      )
    }
    const send = () =>
      sendWith(deps.tuning.mailFilesBytes).catch(async (error) => {
        if (!(await tooLargeWithFiles(current, error))) throw error
        return sendWith(0)
      })
    const sent = await send().catch(async (error) => {
      if (!isPasswordRefusal(error)) throw error
      await pauseToConfirm(current)
      return send()
    })
    const { response, rejected, sourceId, raw } = sent
    const owesCopy = traits.receives && !traits.filesSent
    // A mailbox that refused us is not knocked at for this; the sync after a reconnect files it.
    const filesNow = owesCopy && mayCall(facts, 'receive')
    const copyDueAt = filesNow ? claimUntil() : owesCopy ? clock() : undefined
    const end = { state: 'accepted' as const, evidence: response, copyDueAt }
    await endAttempt(db, accountId, message, end, clock(), { status: 'sent', rejected, sourceId })
    if (facts.send.status !== 'ok') {
      await recordHealth(db, accountId, inboxId, 'send', { status: 'ok' }, clock())
    }
    if (filesNow) await fileSent(inbox, message.id, raw)
    return { outcome: 'sent' }
  }

  /** Sick directories refuse passwords too: one that has worked counts as refused the second time. */
  async function pauseToConfirm({ inbox: { inboxId }, signal }: Try): Promise<void> {
    const { confirmPasswordMs } = deps.tuning
    // One is enough to learn it: the others hold up no other inbox meanwhile.
    if (confirming.has(inboxId)) throw again('Its login is being confirmed', confirmPasswordMs)
    const leaving = AbortSignal.any([signal, deps.shuttingDown])
    confirming.add(inboxId)
    await pause(confirmPasswordMs, leaving).finally(() => confirming.delete(inboxId))
    if (leaving.aborted) throw again('This worker lets go of the message', HAND_OVER_MS)
  }

  /** The server takes less than is usual: the files can be linked to instead. */
  async function tooLargeWithFiles({ inbox, message }: Try, error: unknown): Promise<boolean> {
    if (!(error instanceof ChannelError) || error.details.reason !== 'message_too_large') {
      return false
    }
    const { accountId } = inbox
    if (deps.tuning.fileLinkDays === 0) return false
    if ((await attachmentsOf(db, accountId, message.id)).length === 0) return false
    const end = { state: 'rejected' as const, evidence: error.details.evidence }
    await endAttempt(db, accountId, message, end, clock(), { status: 'queued' })
    return true
  }

  /**
   * The server files what it sends, so Sent proves it: found, it went out; still not there after
   * ten minutes, it did not, and the same Message-ID may leave once more.
   */
  async function lookInSent({ inbox, message }: Try): Promise<SendOutcome> {
    const { accountId } = inbox
    const found = await withSharedMailbox(inbox, (mailbox) =>
      mailbox.findBySourceId(message.sourceId ?? ''),
    )
    if (found) {
      const end = { state: 'accepted' as const, evidence: 'found in Sent' }
      await endAttempt(db, accountId, message, end, clock(), { status: 'sent' })
      await settleCopy(db, inbox, message.id, found)
      return { outcome: 'sent' }
    }
    const lookedFor = clock().getTime() - (message.transmittingSince ?? clock()).getTime()
    const { lookInSentForMs, lookInSentEveryMs } = deps.tuning
    if (lookedFor < lookInSentForMs) throw again('Not in Sent so far', lookInSentEveryMs)
    const end = { state: 'not_transmitted' as const, evidence: 'not in Sent' }
    await endAttempt(db, accountId, message, end, clock(), { status: 'queued' })
    throw again('It never reached Sent, so it is sent once more', 1)
  }
}

function isPasswordRefusal(error: unknown): boolean {
  return error instanceof ChannelError && error.details.reason === 'wrong_password'
}

/** Where one sign-in opens both directions, its end is the end of both. */
function maySend(facts: SyncState['facts'], { oneLogin }: MailTraits): boolean {
  return mayCall(facts, 'send') && !(oneLogin && needsReauthorization(facts))
}
