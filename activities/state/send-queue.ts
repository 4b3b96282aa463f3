// What a conversation has to send, and the record of every try.

import { sql } from 'kysely'
import type { Database, Trx } from '../../db/client.ts'
import type { MessageStatus } from '../../domain/message.ts'
import { absorbEcho } from '../../messaging/absorb-echo.ts'
import { applyStatusTo, type StatusFacts } from '../../messaging/apply-status.ts'
import { learnMessageIds } from '../../messaging/learn-message-ids.ts'
import type { ConversationRef } from '../../temporal/contracts.ts'
import { type WrittenMessage, writtenIn, writtenMessages } from './written-messages.ts'

export interface QueuedMessage extends WrittenMessage {
  status: 'queued' | 'transmitting'
  /** When the try began whose end nobody knows. */
  transmittingSince: Date | null
}

/** The lowest in order that has not gone out; one in `transmitting` blocks what follows. */
export async function nextQueued(
  db: Database,
  ref: ConversationRef,
): Promise<QueuedMessage | undefined> {
  const row = await writtenMessages(db, ref.accountId)
    .select('message.status')
    .select((eb) =>
      eb
        .selectFrom('send_attempts as attempt')
        .select((attempt) => attempt.fn.max('attempt.started_at').as('at'))
        .whereRef('attempt.account_id', '=', 'message.account_id')
        .whereRef('attempt.message_id', '=', 'message.id')
        .where('attempt.state', '=', 'transmitting')
        .as('transmitting_since'),
    )
    .where('message.conversation_id', '=', ref.conversationId)
    .where('message.direction', '=', 'outgoing')
    .where('message.private', '=', false)
    .where('message.status', 'in', ['queued', 'transmitting'])
    .orderBy('message.seq')
    .orderBy('message.id')
    .limit(1)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    ...writtenIn(row),
    status: row.status as 'queued' | 'transmitting',
    transmittingSince: row.transmitting_since,
  }
}

export async function hasQueued(db: Database, ref: ConversationRef): Promise<boolean> {
  const row = await db
    .selectFrom('messages')
    .select('id')
    .where('account_id', '=', ref.accountId)
    .where('conversation_id', '=', ref.conversationId)
    .where('direction', '=', 'outgoing')
    .where('private', '=', false)
    .where('status', 'in', ['queued', 'transmitting'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Recorded before the body goes out: a crash after this is ambiguous. */
export async function beginAttempt(
  db: Database,
  accountId: number,
  message: { id: number },
  { sourceId, date }: { sourceId: string; date?: Date },
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('send_attempts')
      .values({
        account_id: accountId,
        message_id: message.id,
        state: 'transmitting',
        source_id: sourceId,
        composed_at: date ?? null,
        started_at: now,
      })
      .execute()
    await applyStatusTo(trx, accountId, message.id, 'transmitting', {})
  })
}

export interface AttemptEnd {
  state: 'accepted' | 'rejected' | 'not_transmitted' | 'ambiguous'
  evidence?: string | undefined
  /** A copy for Sent is owed, which who sent it files before then; undefined: none is owed. */
  copyDueAt?: Date | undefined
}

/**
 * What becomes of the message. `rejected`: recipients refused while others were accepted;
 * `sourceId`: the Message-ID it bears in the end;
 * `externalId`: the provider's.
 */
export type AttemptResult = {
  status: MessageStatus
  rejected?: string[]
  sourceId?: string
  externalId?: string
} & StatusFacts

/** Ends the try and moves the message, in one transaction; statuses never go backwards. */
export async function endAttempt(
  db: Database,
  accountId: number,
  message: { id: number; inboxId: number },
  end: AttemptEnd,
  now: Date,
  { status, rejected = [], sourceId, externalId, ...facts }: AttemptResult,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('send_attempts')
      .set({
        state: end.state,
        evidence: end.evidence ?? null,
        finished_at: now,
        copy_due_at: end.copyDueAt ?? null,
      })
      .where('account_id', '=', accountId)
      .where('message_id', '=', message.id)
      .where('state', '=', 'transmitting')
      .execute()
    if (rejected.length > 0) await noteRejected(trx, accountId, message.id, rejected)
    if (externalId) {
      await absorbEcho(trx, { accountId, inboxId: message.inboxId }, externalId)
      await learnExternalId(trx, accountId, message.id, externalId)
    }
    if (sourceId) await learnMessageIds(trx, accountId, [{ messageId: message.id, sourceId }])
    await applyStatusTo(trx, accountId, message.id, status, facts)
  })
}

async function learnExternalId(trx: Trx, accountId: number, id: number, externalId: string) {
  await trx
    .updateTable('messages')
    .set({ external_id: externalId })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}

/** The agent sees who did not get it. */
async function noteRejected(trx: Trx, accountId: number, id: number, rejected: string[]) {
  const noted = JSON.stringify({ rejected_recipients: rejected })
  await sql`
    update messages set content_attributes = content_attributes || ${noted}::text::jsonb
    where account_id = ${accountId} and id = ${id}`.execute(trx)
}
