// Conversations, messages, attachments and contacts as the API shows them.

import { quoteStart, shownHtml } from '../../channels/shown-mail.ts'
import {
  type AnsweredRow,
  type AttachmentRow,
  answeredId,
  type ContactRow,
  type Listed,
  type MessageRow,
  type ShownConversation,
} from '../../db/views/conversations.ts'
import type { MessageStatus } from '../../domain/message.ts'
import { type Locale, reasonText } from '../../locales/texts.ts'
import { markdownTree } from '../../messaging/markdown.ts'
import { AsText, Id, JsonObject, Nullable, OneOf, type Static, Time, Type } from '../schemas.ts'
import { MarkdownSchema } from './markdown.ts'

export const STATUSES = ['open', 'pending', 'resolved', 'snoozed'] as const
export const PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const

export const ConversationSchema = Type.Object({
  id: Id,
  display_id: Type.Integer(),
  inbox_id: Id,
  contact_id: Id,
  status: OneOf(STATUSES),
  subject: Type.String(),
  assignee_id: Nullable(Id),
  team_id: Nullable(Id),
  priority: Nullable(OneOf(PRIORITIES)),
  labels: Type.Array(Type.String()),
  custom_attributes: JsonObject,
  message_count: Type.Integer(),
  attention_reason: Nullable(Type.String({ description: 'Why people have it' })),
  visitor_verified: Nullable(
    Type.Boolean({
      description:
        'Of a widget: whether the site’s back end vouched for its visitor; else anybody may have typed the name and the addresses',
    }),
  ),
  snoozed_until: Nullable(Time),
  first_message_at: Time,
  last_message_at: Time,
  created_at: Time,
  updated_at: Time,
})

export function presentConversation(row: ShownConversation): Static<typeof ConversationSchema> {
  return {
    id: row.id,
    display_id: row.display_id,
    inbox_id: row.inbox_id,
    contact_id: row.contact_id,
    status: row.status,
    subject: row.subject,
    assignee_id: row.assignee_id,
    team_id: row.team_id,
    priority: row.priority,
    labels: row.labels,
    custom_attributes: row.custom_attributes as Record<string, unknown>,
    message_count: row.message_count,
    attention_reason: row.attention_reason,
    visitor_verified: row.visitor_verified,
    snoozed_until: AsText(row.snoozed_until),
    first_message_at: row.first_message_at.toISOString(),
    last_message_at: row.last_message_at.toISOString(),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export const ListedConversationSchema = Type.Object({
  ...ConversationSchema.properties,
  contact_name: Type.String(),
  contact_address: Nullable(Type.String({ description: 'E-mail, else phone' })),
  preview: Nullable(Type.String({ description: 'How the newest message begins' })),
  preview_direction: Nullable(OneOf(['incoming', 'outgoing'] as const)),
})

export function presentListed(
  row: ShownConversation & Listed,
): Static<typeof ListedConversationSchema> {
  const { contact_name, contact_address, preview, preview_direction } = row
  return {
    ...presentConversation(row),
    contact_name,
    contact_address,
    preview,
    preview_direction,
  }
}

const AttachmentSchema = Type.Object({
  id: Id,
  file_name: Type.String(),
  content_type: Type.String(),
  size: Type.Integer(),
  inline: Type.Boolean(),
  content_id: Nullable(Type.String()),
  state: OneOf(['stored', 'in_mailbox', 'lost', 'refused'] as const),
  reason: Nullable(
    Type.String({ description: 'Why it is not stored: too_large, infected, not_scannable' }),
  ),
  url: Nullable(Type.String({ description: 'Signed and expiring; null until it is stored' })),
})

export const MessageSchema = Type.Object({
  id: Id,
  conversation_id: Id,
  inbox_id: Id,
  direction: OneOf(['incoming', 'outgoing'] as const),
  origin: OneOf(['history', 'live', 'late', 'authored', 'echo'] as const),
  private: Type.Boolean(),
  content: Type.String(),
  content_tree: Nullable(MarkdownSchema),
  quote_start: Nullable(
    Type.Integer({
      description: 'UTF-16 offset in content from where on it only quotes earlier mails',
    }),
  ),
  has_html: Type.Boolean({ description: 'Made safe to show by GET /messages/{id}/html' }),
  content_type: Type.String(),
  content_attributes: JsonObject,
  in_reply_to: Nullable(
    Type.Object(
      { message_id: Nullable(Id), content: Type.String() },
      { description: 'The one message it answers, in chats; without an id it is not stored here' },
    ),
  ),
  contact_id: Nullable(Id),
  user_id: Nullable(Id),
  source_id: Nullable(Type.String()),
  status: OneOf([
    'received',
    'queued',
    'transmitting',
    'sent',
    'delivered',
    'read',
    'failed',
    'unconfirmed',
  ] as const),
  error: Nullable(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      remedy: Type.String(),
      evidence: Nullable(Type.String()),
    }),
  ),
  attachments: Type.Array(AttachmentSchema),
  sent_at: Time,
  delivered_at: Nullable(Time),
  created_at: Time,
  updated_at: Time,
})

/** What is shown with a message. */
export interface BesideMessage {
  attachments: AttachmentRow[]
  /** The message that it answers, where that is stored. */
  answered: AnsweredRow | undefined
}

/** @param urlOf signs the address of a stored attachment */
export function presentMessage(
  row: MessageRow,
  { attachments, answered }: BesideMessage,
  locale: Locale,
  urlOf: (attachment: AttachmentRow) => string,
): Static<typeof MessageSchema> {
  const code = row.error_code
  const { html, ...attributes } = row.content_attributes as Record<string, unknown>
  const [message, remedy] = code === null ? ['', ''] : reasonText(code, locale)
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    inbox_id: row.inbox_id,
    direction: row.direction,
    origin: row.origin,
    private: row.private,
    content: row.content,
    // A mail is not Markdown: its lines would run together.
    content_tree: isMail(row, attributes) ? null : markdownTree(row.content),
    quote_start: quoteStart(row.content, subjectOf(attributes)),
    has_html: typeof html === 'string',
    content_type: row.content_type,
    // Never the HTML: unfiltered, it would run in whoever shows it.
    content_attributes: attributes,
    in_reply_to:
      answeredId(row) === undefined
        ? null
        : { message_id: answered?.id ?? null, content: answered?.content ?? '' },
    contact_id: row.contact_id,
    user_id: row.user_id,
    source_id: row.source_id,
    // The column is text; a message only ever has these.
    status: row.status as MessageStatus,
    error: code === null ? null : { code, message, remedy, evidence: row.error_evidence },
    attachments: attachments.map((item) => ({
      id: item.id,
      file_name: item.file_name,
      content_type: item.content_type,
      size: Number(item.size),
      inline: item.inline,
      content_id: item.content_id,
      state: item.state,
      reason: item.reason,
      url: item.state === 'stored' ? urlOf(item) : null,
    })),
    sent_at: row.sent_at.toISOString(),
    delivered_at: AsText(row.delivered_at),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** Mails bear Message-IDs; where one does not, it has a sender. */
function isMail({ source_id }: MessageRow, attributes: Record<string, unknown>): boolean {
  return source_id?.includes('@') === true || 'from' in attributes
}

function subjectOf({ subject }: Record<string, unknown>): string {
  return typeof subject === 'string' ? subject : ''
}

export const MessageHtmlSchema = Type.Object({
  html: Nullable(Type.String({ description: 'A fragment; null: show content instead' })),
  blocked_images: Type.Integer({ description: 'Pictures on other servers that were left out' }),
})

/** @param urlOf signs the address of a stored attachment */
export function presentHtml(
  row: MessageRow,
  attachments: AttachmentRow[],
  remoteImages: boolean,
  urlOf: (attachment: AttachmentRow) => string,
): Static<typeof MessageHtmlSchema> {
  const { html } = row.content_attributes as { html?: string }
  const files = attachments.map((item) => ({
    fileName: item.file_name,
    contentId: item.content_id,
    url: item.state === 'stored' ? urlOf(item) : null,
  }))
  const shown = html === undefined ? null : shownHtml(html, files, { remoteImages })
  return { html: shown?.html ?? null, blocked_images: shown?.blockedImages ?? 0 }
}

export const ContactSchema = Type.Object({
  id: Id,
  name: Type.String(),
  email: Nullable(Type.String()),
  phone_number: Nullable(Type.String()),
  identifier: Nullable(Type.String()),
  custom_attributes: JsonObject,
  created_at: Time,
  updated_at: Time,
})

export function presentContact(row: ContactRow): Static<typeof ContactSchema> {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    phone_number: row.phone_number,
    identifier: row.identifier,
    custom_attributes: row.custom_attributes as Record<string, unknown>,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
