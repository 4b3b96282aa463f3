// What a visitor of the widget writes. The browser repeats until it hears an answer, so each message
// carries an id of its own and is stored once.

import type { InboundMessage } from '../channels/channel.ts'
import { changeConversation } from '../db/changes-by-people.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { listVisitorConversations, maySee } from '../db/views/visitor.ts'
import {
  updateWidgetSession,
  type VisitorProfile,
  type WidgetSessionRow,
} from '../db/widget-sessions.ts'
import { type AttachedFile, attachFiles } from './attach-files.ts'
import { lockStoring } from './known-messages.ts'
import { storeInbound } from './store-inbound.ts'
import { placeVisitor, withTold } from './visitor-contact.ts'
import { widgetIdentityOf } from './visitor-identity.ts'

export interface VisitorMessage {
  /** A UUID that the browser made. */
  id: string
  content: string
  files: readonly AttachedFile[]
}

export interface Written {
  conversationId: number
  messageId: number
}

/** Only people may open it again; the visitor asks for that or begins another. */
export class ConversationResolved extends Error {
  constructor() {
    super('The conversation is resolved')
    this.name = 'ConversationResolved'
  }
}

/** The inbox has one conversation a visitor, and it is not over. */
export class ConversationGoesOn extends Error {
  readonly conversationId: number
  constructor(conversationId: number) {
    super('There is a conversation already')
    this.name = 'ConversationGoesOn'
    this.conversationId = conversationId
  }
}

/** Ids are random: two browsers with the same one means that somebody guesses. */
export class MessageIdTaken extends Error {
  constructor() {
    super('Another visitor has sent this message')
    this.name = 'MessageIdTaken'
  }
}

export interface Beginning {
  message: VisitorMessage
  /** From the questions before the conversation. */
  profile: VisitorProfile
  conversationAttributes: Record<string, unknown>
  /** Whether the visitor may have another one beside those that go on. */
  several: boolean
  now: Date
}

/**
 * Contact, conversation and first message, or nothing. The same message again is the same
 * conversation. @throws ConversationGoesOn
 */
export function beginConversation(
  db: Database,
  session: WidgetSessionRow,
  { message, profile, conversationAttributes, several, now }: Beginning,
): Promise<Written> {
  return inTransaction(db, async (trx) => {
    await lockStoring(trx, session.inbox_id)
    const before = await writtenAs(trx, session, message.id)
    if (before) return before
    const tells = Object.keys(profile).length > 0
    if (tells) await updateWidgetSession(trx, session, { profile: withTold(session, profile) })
    const visitor =
      tells || session.contact_id === null
        ? await placeVisitor(trx, session, { create: true })
        : session
    if (!several) {
      const open = await openConversationOf(trx, visitor)
      if (open !== undefined) throw new ConversationGoesOn(open)
    }
    const written = await write(trx, visitor, `widget/${message.id}`, message, now)
    const { account_id, id, verified, identifier } = visitor
    await trx
      .insertInto('widget_conversations')
      .values({
        account_id,
        conversation_id: written.conversationId,
        session_id: id,
        identifier: verified ? identifier : null,
      })
      .execute()
    if (Object.keys(conversationAttributes).length > 0) {
      await trx
        .updateTable('conversations')
        .set({ custom_attributes: conversationAttributes })
        .where('account_id', '=', account_id)
        .where('id', '=', written.conversationId)
        .execute()
    }
    return written
  })
}

/**
 * One more message; the caller has seen that the visitor may see the conversation.
 * @throws ConversationResolved
 */
export function continueConversation(
  db: Database,
  session: WidgetSessionRow,
  conversationId: number,
  message: VisitorMessage,
  now: Date,
): Promise<Written> {
  return inTransaction(db, async (trx) => {
    await lockStoring(trx, session.inbox_id)
    const before = await writtenAs(trx, session, message.id)
    if (before) return before
    const { status } = await lockConversation(trx, session.account_id, conversationId)
    if (status === 'resolved') throw new ConversationResolved()
    const reference = await referenceOf(trx, session, conversationId)
    return write(trx, session, reference, message, now)
  })
}

/** Open again, which the rules hear of. Nothing happens to one that is open. */
export async function reopenConversation(
  db: Database,
  { account_id }: WidgetSessionRow,
  conversationId: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { status } = await lockConversation(trx, account_id, conversationId)
    if (status !== 'resolved') return
    await changeConversation(trx, account_id, conversationId, { status: 'open' })
  })
}

async function write(
  trx: Trx,
  visitor: WidgetSessionRow,
  reference: string,
  message: VisitorMessage,
  now: Date,
): Promise<Written> {
  const { account_id: accountId, inbox_id: inboxId, verified } = visitor
  const inbound: InboundMessage = {
    externalId: message.id,
    direction: 'incoming',
    sentByAccount: false,
    contact: { ...widgetIdentityOf(visitor.contact_id!), name: '' },
    sourceId: null,
    references: [reference],
    subject: '',
    text: message.content,
    html: null,
    contentType: 'text',
    // Agents see who is only said to be somebody.
    attributes: { visitor: { verified, identifier: visitor.identifier } },
    automatic: false,
    sentAt: now,
    deliveredAt: now,
    attachments: [],
    location: null,
  }
  const target = { accountId, inboxId, folder: '', now, arrivalOf: () => 'live' as const }
  await storeInbound(trx, target, { messages: [inbound], poison: [] })
  const written = await trx
    .selectFrom('messages')
    .select(['id as messageId', 'conversation_id as conversationId'])
    .where('inbox_id', '=', inboxId)
    .where('external_id', '=', message.id)
    .executeTakeFirstOrThrow()
  await attachFiles(trx, accountId, written.messageId, message.files)
  return written
}

/** What the browser sent before under the same id. @throws MessageIdTaken when another visitor did */
async function writtenAs(
  trx: Trx,
  session: WidgetSessionRow,
  id: string,
): Promise<Written | undefined> {
  const row = await trx
    .selectFrom('messages')
    .select(['id', 'conversation_id'])
    .where('inbox_id', '=', session.inbox_id)
    .where('external_id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  if (!(await maySee(trx, session, row.conversation_id))) throw new MessageIdTaken()
  return { messageId: row.id, conversationId: row.conversation_id }
}

async function openConversationOf(
  trx: Trx,
  session: WidgetSessionRow,
): Promise<number | undefined> {
  const [open] = await listVisitorConversations(trx, session, { resolved: false, limit: 1 })
  return open?.id
}

function lockConversation(trx: Trx, accountId: number, id: number) {
  return trx
    .selectFrom('conversations')
    .select('status')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

/** Any message id that leads to the conversation. */
async function referenceOf(
  trx: Trx,
  { account_id, inbox_id }: WidgetSessionRow,
  conversationId: number,
): Promise<string> {
  const row = await trx
    .selectFrom('message_refs')
    .select('reference')
    .where('account_id', '=', account_id)
    .where('inbox_id', '=', inbox_id)
    .where('conversation_id', '=', conversationId)
    .limit(1)
    .executeTakeFirst()
  if (!row) throw new Error(`Nothing leads to conversation ${conversationId}`)
  return row.reference
}
