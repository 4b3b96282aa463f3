// What a visitor of the widget is shown: the widget itself, conversations, messages.
import { isOpen, type WidgetSettings } from '../../channels/widget/index.ts'
import type { AttachmentRow } from '../../db/views/conversations.ts'
import type { VisitorConversation, VisitorMessageRow } from '../../db/views/visitor.ts'
import { markdownTree } from '../../messaging/markdown.ts'
import { Id, Nullable, OneOf, type Static, Time, Type } from '../schemas.ts'
import { STATUSES } from './conversation.ts'
import { MarkdownSchema } from './markdown.ts'

export const PreChatSchema = Type.Object({
  attribute: Type.String({ minLength: 1, maxLength: 100 }),
  target: OneOf(['contact', 'conversation'] as const),
  label: Type.String({ minLength: 1, maxLength: 200 }),
  type: OneOf(['text', 'email', 'phone', 'number', 'date', 'list', 'checkbox'] as const),
  required: Type.Boolean({ default: false }),
  options: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    maxItems: 100,
    default: [],
  }),
})

export const WidgetSchema = Type.Object({
  name: Type.String(),
  welcome_title: Type.String(),
  welcome_text: Type.String(),
  colour: Type.String(),
  position: OneOf(['left', 'right'] as const),
  locale: Nullable(OneOf(['pt-BR', 'en'] as const)),
  open: Type.Boolean({ description: 'Within business hours' }),
  away_text: Type.String(),
  pre_chat_fields: Type.Array(PreChatSchema, { description: 'What is not known yet' }),
  upload_limit_bytes: Type.Integer(),
})

export function presentWidget(
  settings: WidgetSettings,
  name: string,
  known: ReadonlySet<string>,
  { now, uploadLimit }: { now: Date; uploadLimit: number },
): Static<typeof WidgetSchema> {
  const { welcome_title, welcome_text, colour, position, locale } = settings
  return {
    name,
    welcome_title,
    welcome_text,
    colour,
    position,
    locale,
    open: isOpen(settings, now),
    away_text: settings.business_hours?.away_text ?? '',
    pre_chat_fields: settings.pre_chat_fields.filter(
      ({ target, attribute }) => target === 'conversation' || !known.has(attribute),
    ),
    upload_limit_bytes: uploadLimit,
  }
}

export const VisitorConversationSchema = Type.Object({
  id: Id,
  display_id: Type.Integer({ description: 'The number people call it by' }),
  status: OneOf(STATUSES),
  last_content: Type.String(),
  unread: Type.Integer(),
  last_message_at: Time,
  created_at: Time,
  read_only: Type.Boolean({ description: 'Of another channel: it goes on there' }),
})

export function presentVisitorConversation(
  row: VisitorConversation,
  inboxId: number,
): Static<typeof VisitorConversationSchema> {
  return {
    id: row.id,
    display_id: row.display_id,
    status: row.status,
    last_content: row.last_content ?? '',
    unread: row.unread,
    last_message_at: row.last_message_at.toISOString(),
    created_at: row.created_at.toISOString(),
    read_only: row.inbox_id !== inboxId,
  }
}

export const VisitorMessageSchema = Type.Object({
  id: Id,
  client_id: Nullable(Type.String({ description: 'The id its sender made' })),
  conversation_id: Id,
  direction: OneOf(['incoming', 'outgoing'] as const, 'Incoming is from the visitor'),
  author: Nullable(Type.String()),
  content: Type.String(),
  tree: MarkdownSchema,
  attachments: Type.Array(
    Type.Object({
      file_name: Type.String(),
      content_type: Type.String(),
      size: Type.Integer(),
      url: Type.String({ description: 'Signed and expiring' }),
    }),
  ),
  sent_at: Time,
})

export function presentVisitorMessage(
  row: VisitorMessageRow,
  attachments: readonly AttachmentRow[],
  urlOf: (attachment: AttachmentRow) => string,
): Static<typeof VisitorMessageSchema> {
  const own = row.direction === 'incoming'
  return {
    id: row.id,
    client_id: own ? row.external_id : null,
    conversation_id: row.conversation_id,
    direction: row.direction,
    author: own ? null : row.author,
    content: row.content,
    tree: markdownTree(row.content),
    attachments: attachments
      .filter(({ state }) => state === 'stored')
      .map((item) => ({
        file_name: item.file_name,
        // What its bytes say; a claimed type would be shown as a picture that is none.
        content_type: item.detected_type ?? 'application/octet-stream',
        size: Number(item.size),
        url: urlOf(item),
      })),
    // Where it reads: both sides see one order, whatever the clocks of the senders say.
    sent_at: (row.reads_at ?? row.sent_at).toISOString(),
  }
}
