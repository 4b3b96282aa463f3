// A message that somebody wrote to a contact: what it is sent from, and copied from afterwards.

import { sql } from 'kysely'
import type { MailRecipient } from '../../channels/channel.ts'
import type { Database } from '../../db/client.ts'
import { readsAt } from '../../db/reading-order.ts'
import type { Interactive } from '../../domain/interactive.ts'
import type { TemplateChoice } from '../../domain/template.ts'
import type { ConversationRef } from '../../temporal/contracts.ts'

export interface WrittenMessage {
  id: number
  inboxId: number
  conversationId: number
  content: string
  attributes: {
    subject?: string
    to?: MailRecipient[]
    cc?: MailRecipient[]
    bcc?: MailRecipient[]
    automatic?: boolean
    template?: TemplateChoice
    interactive?: Interactive
    /** The provider's id of the message that it answers. */
    in_reply_to?: string
    queued_at?: string
  }
  /** Made when the message was queued, and kept by every repeat. */
  sourceId: string | null
  userName: string | null
  createdAt: Date
  subject: string
  contact: MailRecipient
}

/** To be narrowed down, and its rows read by `writtenIn`. */
export function writtenMessages(db: Database, accountId: number) {
  return db
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
    .select(['message.id', 'message.inbox_id', 'message.conversation_id', 'message.content'])
    .select(['message.content_attributes', 'message.source_id', 'message.created_at'])
    .select(['conversation.subject', 'contact.name as contact_name'])
    .select('user.name as user_name')
    .select(provedAddress.as('address'))
    .where('message.account_id', '=', accountId)
}

/** A mail has come from it; what only a page told counts where nothing was ever proved. */
const provedAddress = sql<string | null>`coalesce((
  select i.value from contact_identities i
  where i.account_id = contact.account_id and i.contact_id = contact.id
    and i.kind = 'email' and i.verified
  order by i.value = lower(contact.email) desc, i.value limit 1), contact.email)`

type WrittenRow = Awaited<ReturnType<ReturnType<typeof writtenMessages>['execute']>>[number]

export function writtenIn(row: WrittenRow): WrittenMessage {
  return {
    id: row.id,
    inboxId: row.inbox_id,
    conversationId: row.conversation_id,
    content: row.content,
    attributes: row.content_attributes as WrittenMessage['attributes'],
    sourceId: row.source_id,
    userName: row.user_name,
    createdAt: row.created_at,
    subject: row.subject,
    contact: { name: row.contact_name, address: row.address ?? '' },
  }
}

/** Mails that the conversation had by then, newest first: what an answer refers to. */
export async function earlierMessages(
  db: Database,
  ref: ConversationRef,
  beforeId: number,
  then: Date | undefined,
) {
  const rows = await db
    .selectFrom('messages')
    .select(['source_id', 'direction'])
    .select(sql<string | null>`content_attributes ->> 'subject'`.as('subject'))
    .where('account_id', '=', ref.accountId)
    .where('conversation_id', '=', ref.conversationId)
    .where('source_id', 'is not', null)
    .where('id', '<>', beforeId)
    .where('status', 'not in', ['queued', 'failed'])
    .$if(then !== undefined, (query) => query.where('created_at', '<=', then!))
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
