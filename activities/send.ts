// One message of a conversation on its way out. What is certain is recorded before and after; what
// is not is looked up in Sent, or becomes `unconfirmed`, which only a person repeats.

import {
  type EmailCredentials,
  type EmailSettings,
  filesSent,
  type SentEmail,
  sendEmail,
} from '../channels/email/index.ts'
import { AmbiguousSend, ChannelError } from '../channels/errors.ts'
import { readCredentials } from '../db/credentials.ts'
import { takeToken } from '../db/token-buckets.ts'
import { mayCall } from '../domain/inbox.ts'
import { recordHealth } from '../messaging/record-health.ts'
import type { ConversationRef, InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { createMailboxes } from './mailboxes.ts'
import { createOutbound } from './outbound.ts'
import { createSendOutcome, type SendOutcome } from './send-outcome.ts'
import {
  beginAttempt,
  endAttempt,
  hasQueued,
  nextQueued,
  noteSentCopy,
} from './state/send-queue.ts'
import { readSyncState, type SyncState } from './state/sync-state.ts'

export type { SendOutcome } from './send-outcome.ts'

/** Everything one try needs. */
interface Try {
  inbox: InboxRef
  message: NonNullable<Awaited<ReturnType<typeof nextQueued>>>
  settings: EmailSettings
  facts: SyncState['facts']
  signal: AbortSignal
}

export function createSendActivities(deps: ActivityDeps) {
  const { db, clock } = deps
  const { outboundOf } = createOutbound(deps)
  const { withSharedMailbox } = createMailboxes(deps)
  const outcome = createSendOutcome(deps)

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
    const settings = (state?.settings ?? {}) as EmailSettings
    // An earlier try began and nobody knows its end.
    if (message.status === 'transmitting' && !filesSent(settings)) {
      return outcome.unconfirmed(inbox, message, { reason: 'worker_lost' })
    }
    if (!state || !mayCall(state.facts, 'send')) return { outcome: 'blocked' }
    const { facts } = state
    const current = { inbox, message, settings, facts, signal }
    try {
      if (message.status === 'transmitting') return await lookInSent(current)
      await keepPace(current)
      return await transmit(ref, current)
    } catch (error) {
      if (error instanceof AmbiguousSend) {
        if (!filesSent(settings)) return outcome.unconfirmed(inbox, message, error.details)
        throw again('It may have gone out: Sent is asked', deps.tuning.lookInSentEveryMs)
      }
      if (!(error instanceof ChannelError)) throw error
      return outcome.ofFailure(inbox, message, error)
    }
  }

  /** The order within the conversation stays: its next message waits with this one. */
  async function keepPace({ inbox, settings }: Try): Promise<void> {
    const perMinute = settings.smtp?.per_minute
    if (perMinute === undefined) return
    const pace = { capacity: Math.max(1, perMinute / 6), perSecond: perMinute / 60 }
    const waitMs = await takeToken(db, `send/${inbox.inboxId}`, pace)
    if (waitMs > 0) throw again('Not faster than the mailbox may send', waitMs)
  }

  async function transmit(ref: ConversationRef, current: Try): Promise<SendOutcome> {
    const { inbox, message, settings, facts, signal } = current
    const { accountId, inboxId } = inbox
    const credentials = (await readCredentials(
      db,
      deps.vault,
      accountId,
      inboxId,
    )) as EmailCredentials
    const outbound = await outboundOf(ref, message, settings)
    const fromName = message.userName ? { fromName: message.userName } : {}
    const sent = await sendEmail(
      { settings, credentials, policy: deps.policy, signal, ...fromName },
      outbound,
      { onTransmitting: () => beginAttempt(db, accountId, message, outbound.sourceId, clock()) },
    )
    const { response, rejected, sourceId } = sent
    await endAttempt(db, accountId, message, { state: 'accepted', evidence: response }, clock(), {
      status: 'sent',
      rejected,
      sourceId,
    })
    if (facts.send.status !== 'ok') {
      await recordHealth(db, accountId, inboxId, 'send', { status: 'ok' }, clock())
    }
    if (settings.imap && !filesSent(settings)) await fileInSent(current, sent)
    return { outcome: 'sent' }
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
      await noteSentCopy(db, accountId, message, found)
      return { outcome: 'sent' }
    }
    const lookedFor = clock().getTime() - (message.transmittingSince ?? clock()).getTime()
    const { lookInSentForMs, lookInSentEveryMs } = deps.tuning
    if (lookedFor < lookInSentForMs) throw again('Not in Sent so far', lookInSentEveryMs)
    const end = { state: 'not_transmitted' as const, evidence: 'not in Sent' }
    await endAttempt(db, accountId, message, end, clock(), { status: 'queued' })
    throw again('It never reached Sent, so it is sent once more', 1)
  }

  /** A copy for the mailbox's owner. The message has gone out, so nothing here may fail the send. */
  async function fileInSent({ inbox, message }: Try, sent: SentEmail): Promise<void> {
    try {
      const location = await withSharedMailbox(inbox, (mailbox) => mailbox.appendSent(sent.raw))
      if (location) await noteSentCopy(db, inbox.accountId, message, location)
    } catch (error) {
      const reason = error instanceof ChannelError ? error.details.reason : String(error)
      deps.logger.warn({ inbox_id: inbox.inboxId, message_id: message.id, reason }, 'not in Sent')
    }
  }
}
