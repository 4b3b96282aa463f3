// What a try to send means for the message and for the inbox, when it was not simply accepted.

import type { ChannelError } from '../channels/errors.ts'
import type { MailTraits } from '../channels/mail/account.ts'
import { type Database, inTransaction } from '../db/client.ts'
import { findInbox } from '../db/inboxes.ts'
import { askInbox } from '../db/outbox.ts'
import type { FailureDetails } from '../domain/failures.ts'
import type { Direction } from '../domain/inbox.ts'
import { recordHealth } from '../messaging/record-health.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { toTemporalFailure } from './failures.ts'
import { endAttempt, type QueuedMessage } from './state/send-queue.ts'

export interface SendOutcome {
  /** `none`: nothing is queued; `blocked`: the inbox may not send now. */
  outcome: 'sent' | 'failed' | 'unconfirmed' | 'none' | 'blocked'
  /** Whether another message of the conversation waits to be sent now; unknown when absent. */
  more?: boolean
}

/** A contact who waited a day should hear from a person, not from a queue. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000

export function createSendOutcome(deps: ActivityDeps) {
  const { db, clock } = deps

  /** Fails what has waited a day, with what is said of the inbox. Undefined: it may leave. */
  async function ofWaiting(
    inbox: InboxRef,
    message: QueuedMessage,
  ): Promise<SendOutcome | undefined> {
    if (message.status !== 'queued' || !isTooOld(message)) return undefined
    const row = await findInbox(db, inbox.accountId, inbox.inboxId)
    return failed(inbox, message, 'gave_up', row?.send_evidence ?? undefined)
  }

  function isTooOld(message: QueuedMessage): boolean {
    return clock().getTime() - queuedAtOf(message).getTime() > GIVE_UP_AFTER_MS
  }

  /** It may have gone out, and nothing here can prove it either way. */
  async function unconfirmed(
    { accountId }: InboxRef,
    message: QueuedMessage,
    { reason: code, evidence }: FailureDetails,
  ): Promise<SendOutcome> {
    const end = { state: 'ambiguous' as const, evidence }
    await endAttempt(db, accountId, message, end, clock(), {
      status: 'unconfirmed',
      code,
      evidence,
    })
    return { outcome: 'unconfirmed' }
  }

  /** It certainly did not go out. Throws what Temporal is to try again. */
  async function ofFailure(
    inbox: InboxRef,
    message: QueuedMessage,
    error: ChannelError,
    { oneLogin }: Pick<MailTraits, 'oneLogin'>,
  ): Promise<SendOutcome> {
    const { kind, details } = error
    const { reason, evidence } = details
    if (kind === 'MessageRejected') return failed(inbox, message, reason, evidence)
    if (message.status === 'transmitting') {
      // Sent could not be asked, so nothing is known of the earlier try.
      if (isTooOld(message)) return unconfirmed(inbox, message, details)
    } else {
      // It is as if this try had not begun.
      const end = { state: 'not_transmitted' as const, evidence }
      await endAttempt(db, inbox.accountId, message, end, clock(), { status: 'queued' })
    }
    if (kind === 'ReauthorizationRequired' || kind === 'ActionRequired') {
      const status = kind === 'ActionRequired' ? 'action_required' : 'reauthorization_required'
      await inTransaction(db, async (trx) => {
        // What the provider of a shared sign-in says ends receiving too: it is one incident, not two.
        const shared = oneLogin && status === 'reauthorization_required'
        const direction = shared && reason !== 'token_refused' ? 'receive' : 'send'
        await note(trx, inbox, { status, reason, evidence }, direction)
        await askInbox(trx, inbox, 'changed')
      })
      return { outcome: 'blocked' }
    }
    await note(db, inbox, { status: 'retrying', reason, evidence })
    throw toTemporalFailure(error)
  }

  async function failed(
    { accountId }: InboxRef,
    message: QueuedMessage,
    code: string,
    evidence: string | undefined,
  ): Promise<SendOutcome> {
    const end = { state: 'rejected' as const, evidence }
    await endAttempt(db, accountId, message, end, clock(), { status: 'failed', code, evidence })
    return { outcome: 'failed' }
  }

  function note(
    to: Database,
    { accountId, inboxId }: InboxRef,
    finding: Parameters<typeof recordHealth>[4],
    direction: Direction = 'send',
  ) {
    return recordHealth(to, accountId, inboxId, direction, finding, clock())
  }

  return { unconfirmed, ofFailure, ofWaiting }
}

function queuedAtOf({ attributes, createdAt }: QueuedMessage): Date {
  return attributes.queued_at ? new Date(attributes.queued_at) : createdAt
}
