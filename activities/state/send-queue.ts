// What a conversation has to send, and the record of every try.

import { sql } from 'kysely'
import type { MailRecipient } from '../../channels/channel.ts'
import type { Database, Trx } from '../../db/client.ts'
import { readsAt } from '../../db/reading-order.ts'
import type { Interactive } from '../../domain/interactive.ts'
import type { MessageStatus } from '../../domain/message.ts'
import type { TemplateChoice } from '../../domain/template.ts'
import { absorbEcho } from '../../messaging/absorb-echo.ts'
import { applyStatusTo, type StatusFacts } from '../../messaging/apply-status.ts'
import { learnMessageIds } from '../../messaging/learn-message-ids.ts'
import type { ConversationRef } from '../../temporal/contracts.ts'

export interface QueuedMessage {
  id: number
  inboxId: number
  status: 'queued' | 'transmitting'
  content: string
  attributes: {
    subject?: string
    to?: MailRecipient[]
    cc?: MailRecipient[]
    bcc?: MailRecipient[]
    automatic?: boolean
    template?: TemplateChoice
    interactive?: Interactive
    queued_at?: string
  }
  /** Made when the message was queued, and kept by every repeat. */
  sourceId: string | null
  userName: string | null
  createdAt: Date
  /** When the try began whose end nobody knows. */
  transmittingSince: Date | null
  subject: string
  contact: MailRecipient
}

/** The lowest in order that has not gone out; one in `transmitting` blocks what follows. */
export async function nextQueued(
  db: Database,
  ref: ConversationRef,
): Promise<QueuedMessage | undefined> {
  const row = await db
    .selectFrom('messages as message')
    .innerJoin('conversations as conversation', (join) =>
      join
        .onRef('conversation.account_id', '=', 'message.account_id')
        .onRef('conversation.id', '=', 'message.conversation_id'),
    )
    .innerJoin('contacts as contact', (join) =>
      join
        .onRef('contact.account_id', '=', 'conversation.account_id')
        .onRef('contact.id', '=', 'conversation.contact_id'),
    )
    .leftJoin('users as user', (join) =>
      join
        .onRef('user.account_id', '=', 'message.account_id')
        .onRef('user.id', '=', 'message.user_id'),
    )
    .select(['message.id', 'message.inbox_id', 'message.status', 'message.content'])
    .select(['message.content_attributes', 'message.source_id', 'message.created_at'])
    .select(['conversation.subject', 'contact.name as contact_name'])
    .select('user.name as user_name')
    .select(provedAddress.as('address'))
    .select((eb) =>
      eb
        .selectFrom('send_attempts as attempt')
        .select((attempt) => attempt.fn.max('attempt.started_at').as('at'))
        .whereRef('attempt.account_id', '=', 'message.account_id')
        .whereRef('attempt.message_id', '=', 'message.id')
        .where('attempt.state', '=', 'transmitting')
        .as('transmitting_since'),
    )
    .where('message.account_id', '=', ref.accountId)
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
    id: row.id,
    inboxId: row.inbox_id,
    status: row.status as 'queued' | 'transmitting',
    content: row.content,
    attributes: row.content_attributes as QueuedMessage['attributes'],
    sourceId: row.source_id,
    userName: row.user_name,
    createdAt: row.created_at,
    transmittingSince: row.transmitting_since,
    subject: row.subject,
    contact: { name: row.contact_name, address: row.address ?? '' },
  }
}

/** A mail has come from it; what only a page told counts where nothing was ever proved. */
const provedAddress = sql<string | null>`coalesce((
  select i.value from contact_identities i
  where i.account_id = contact.account_id and i.contact_id = contact.id
    and i.kind = 'email' and i.verified
  order by i.value = lower(contact.email) desc, i.value limit 1), contact.email)`

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

/** Mails of the conversation, newest first: what an answer refers to. */
export async function earlierMessages(db: Database, ref: ConversationRef, beforeId: number) {
  const rows = await db
    .selectFrom('messages')
    .select(['source_id', 'direction'])
    .select(sql<string | null>`content_attributes ->> 'subject'`.as('subject'))
    .where('account_id', '=', ref.accountId)
    .where('conversation_id', '=', ref.conversationId)
    .where('source_id', 'is not', null)
    .where('id', '<>', beforeId)
    .where('status', 'not in', ['queued', 'failed'])
    .orderBy(readsAt('messages'), 'desc')
    .orderBy('id', 'desc')
    .limit(20)
    .execute()
  return rows.map(({ source_id, direction, subject }) => ({
    sourceId: source_id!,
    direction,
    subject: subject ?? undefined,
  }))
}

export async function attachmentsOf(db: Database, accountId: number, messageId: number) {
  return db
    .selectFrom('attachments')
    .select(['id', 'file_name', 'content_type', 'size', 'storage_key'])
    .where('account_id', '=', accountId)
    .where('message_id', '=', messageId)
    .where('state', '=', 'stored')
    .orderBy('position')
    .execute()
}

/** Recorded before the body goes out: a crash after this is ambiguous. */
export async function beginAttempt(
  db: Database,
  accountId: number,
  message: { id: number },
  sourceId: string,
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
        started_at: now,
      })
      .execute()
    await applyStatusTo(trx, accountId, message.id, 'transmitting', {})
  })
}

export interface AttemptEnd {
  state: 'accepted' | 'rejected' | 'not_transmitted' | 'ambiguous'
  evidence?: string | undefined
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
      .set({ state: end.state, evidence: end.evidence ?? null, finished_at: now })
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

/** The copy in Sent is this message, so that a sync of Sent does not store it again. */
export async function noteSentCopy(
  db: Database,
  accountId: number,
  message: { id: number; inboxId: number },
  location: { folder: string; uidValidity: bigint; uid: number },
): Promise<void> {
  await sql`
    insert into message_locations (account_id, inbox_id, folder, uidvalidity, uid, message_id)
    values (${accountId}, ${message.inboxId}, ${location.folder},
      ${String(location.uidValidity)}::bigint, ${location.uid}, ${message.id})
    on conflict do nothing`.execute(db)
}
