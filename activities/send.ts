// One message of a conversation on its way out. What is certain is recorded before and after; what
// is not becomes `unconfirmed`, which only a person repeats.

import type { OutboundMessage } from '../channels/channel.ts'
import {
  type EmailCredentials,
  type EmailSettings,
  openMailbox,
  type SentEmail,
  sendEmail,
} from '../channels/email/index.ts'
import { AmbiguousSend, ChannelError } from '../channels/errors.ts'
import { readCredentials } from '../db/credentials.ts'
import { mayCall } from '../domain/inbox.ts'
import { recordHealth } from '../messaging/record-health.ts'
import { type ConversationRef, type InboxRef, SIGNALS, workflowIds } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { toTemporalFailure } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import {
  attachmentsOf,
  beginAttempt,
  earlierSourceIds,
  endAttempt,
  nextQueued,
  noteSentCopy,
  type QueuedMessage,
} from './state/send-queue.ts'
import { readSyncState } from './state/sync-state.ts'

export interface SendOutcome {
  /** `none`: nothing is queued; `blocked`: the inbox may not send now. */
  outcome: 'sent' | 'failed' | 'unconfirmed' | 'none' | 'blocked'
}

/** A contact who waited a day should hear from a person, not from a queue. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000

export function createSendActivities(deps: ActivityDeps) {
  const { db, storage, clock } = deps

  return {
    /** Sends the conversation's next message. Throws only what a repeat may mend. */
    sendNext: (ref: ConversationRef): Promise<SendOutcome> =>
      withHeartbeat(async (context) => {
        const message = await nextQueued(db, ref)
        if (!message) return { outcome: 'none' }
        const inbox = { accountId: ref.accountId, inboxId: message.inboxId }
        if (message.status === 'transmitting')
          return unconfirmed(ref, message, 'worker_lost', undefined)
        const state = await readSyncState(db, inbox)
        if (!state || !mayCall(state.facts, 'send')) return { outcome: 'blocked' }
        try {
          const settings = state.settings as EmailSettings
          return await transmit(ref, inbox, message, settings, context.cancellationSignal)
        } catch (error) {
          return await meaningOf(error, ref, inbox, message, (signal) =>
            context.client.workflow.getHandle(workflowIds.inbox(inbox.inboxId)).signal(signal),
          )
        }
      }),
  }

  async function transmit(
    ref: ConversationRef,
    inbox: InboxRef,
    message: QueuedMessage,
    settings: EmailSettings,
    signal: AbortSignal,
  ): Promise<SendOutcome> {
    const credentials = (await readCredentials(
      db,
      deps.vault,
      inbox.accountId,
      inbox.inboxId,
    )) as EmailCredentials
    const outbound = await outboundOf(ref, message, settings)
    const sent = await sendEmail(
      {
        settings,
        credentials,
        policy: deps.policy,
        signal,
        ...(message.userName ? { fromName: message.userName } : {}),
      },
      outbound,
      {
        onTransmitting: async () => {
          await beginAttempt(
            db,
            ref.accountId,
            { id: message.id, sourceId: outbound.sourceId },
            clock(),
          )
        },
      },
    )
    const evidence = sent.response
    const end = { state: 'accepted' as const, evidence }
    await endAttempt(db, ref.accountId, message, end, { status: 'sent' }, clock())
    await recordHealth(db, inbox.accountId, inbox.inboxId, 'send', { status: 'ok' }, clock())
    await fileInSent(inbox, message, settings, credentials, sent)
    return { outcome: 'sent' }
  }

  async function outboundOf(
    ref: ConversationRef,
    message: QueuedMessage,
    settings: EmailSettings,
  ): Promise<OutboundMessage> {
    const earlier = await earlierSourceIds(db, ref, message.id)
    const parent = earlier.find(({ direction }) => direction === 'incoming') ?? earlier[0]
    const subject = message.attributes.subject ?? message.subject
    const domain = settings.address.split('@')[1] ?? 'localhost'
    const files = await attachmentsOf(db, ref.accountId, message.id)
    return {
      sourceId: message.sourceId ?? `cloudchat-${ref.accountId}-${message.id}@${domain}`,
      to: message.attributes.to ?? [message.contact],
      subject: earlier.length > 0 ? replySubject(subject) : subject,
      text: message.content,
      inReplyTo: parent?.sourceId ?? null,
      references: earlier.map(({ sourceId }) => sourceId),
      attachments: files.map((file) => ({
        fileName: file.file_name,
        contentType: file.content_type,
        open: () => storage.open(file.storage_key!),
      })),
      automatic: message.attributes.automatic ?? false,
    }
  }

  /** A copy for the mailbox's owner. The message has gone out, so nothing here may fail the send. */
  async function fileInSent(
    inbox: InboxRef,
    message: QueuedMessage,
    settings: EmailSettings,
    credentials: EmailCredentials,
    sent: SentEmail,
  ): Promise<void> {
    if (!settings.imap) return
    try {
      const mailbox = await openMailbox({ settings, credentials, policy: deps.policy })
      try {
        const location = await mailbox.appendSent(sent.raw)
        if (location) await noteSentCopy(db, inbox.accountId, message, location)
      } finally {
        await mailbox.close()
      }
    } catch (error) {
      const reason = error instanceof ChannelError ? error.details.reason : String(error)
      deps.logger.warn({ inbox_id: inbox.inboxId, message_id: message.id, reason }, 'not in Sent')
    }
  }

  async function unconfirmed(
    ref: ConversationRef,
    message: QueuedMessage,
    code: string,
    evidence: string | undefined,
  ): Promise<SendOutcome> {
    const end = { state: 'ambiguous' as const, evidence }
    const to = { status: 'unconfirmed' as const, code, evidence }
    await endAttempt(db, ref.accountId, message, end, to, clock())
    return { outcome: 'unconfirmed' }
  }

  async function meaningOf(
    error: unknown,
    ref: ConversationRef,
    inbox: InboxRef,
    message: QueuedMessage,
    tellInbox: (signal: string) => Promise<void>,
  ): Promise<SendOutcome> {
    if (error instanceof AmbiguousSend) {
      return unconfirmed(ref, message, error.details.reason, error.details.evidence)
    }
    if (!(error instanceof ChannelError)) throw error
    const { kind, details } = error
    const { evidence } = details
    const fail = async (code: string): Promise<SendOutcome> => {
      const end = { state: 'rejected' as const, evidence }
      await endAttempt(
        db,
        ref.accountId,
        message,
        end,
        { status: 'failed', code, evidence },
        clock(),
      )
      return { outcome: 'failed' }
    }
    if (kind === 'MessageRejected') return fail(details.reason)
    // Certainly not sent: it is as if this try had not begun.
    const end = { state: 'not_transmitted' as const, evidence }
    await endAttempt(db, ref.accountId, message, end, { status: 'queued' }, clock())
    const queuedAt = message.attributes.queued_at
      ? new Date(message.attributes.queued_at)
      : message.createdAt
    if (kind === 'ReauthorizationRequired' || kind === 'ActionRequired') {
      const status =
        kind === 'ActionRequired' ? ('action_required' as const) : 'reauthorization_required'
      await recordHealth(
        db,
        inbox.accountId,
        inbox.inboxId,
        'send',
        { status, reason: details.reason, evidence },
        clock(),
      )
      await tellInbox(SIGNALS.healthChanged).catch((cause) =>
        deps.logger.warn({ inbox_id: inbox.inboxId, error: String(cause) }, 'not signalled'),
      )
      return { outcome: 'blocked' }
    }
    if (clock().getTime() - queuedAt.getTime() > GIVE_UP_AFTER_MS) return fail('gave_up')
    await recordHealth(
      db,
      inbox.accountId,
      inbox.inboxId,
      'send',
      { status: 'retrying', reason: details.reason, evidence },
      clock(),
    )
    throw toTemporalFailure(error)
  }
}

function replySubject(subject: string): string {
  return /^\s*(re|res|fw|fwd|enc)\s*:/i.test(subject) ? subject : `Re: ${subject}`.trim()
}
