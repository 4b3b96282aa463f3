// The rows of a page's new messages: messages, places, attachments, references. A statement each.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { recordset, takeIds } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import { oweWords } from '../db/message-words.ts'
import type { MessageOrigin, MessageStatus } from '../domain/message.ts'
import type { FileOf } from './stored-attachments.ts'

export interface InboxRef {
  accountId: number
  inboxId: number
}

/** A message with everything decided. */
export interface NewMessage {
  id: number
  conversationId: number
  contactId: number
  origin: MessageOrigin
  /** Null for what wakes nothing. */
  seq: number | null
  message: InboundMessage
}

export async function insertMessages(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  messages: readonly NewMessage[],
): Promise<void> {
  if (messages.length === 0) return
  const rows = messages.map(({ id, conversationId, contactId, origin, seq, message }) => ({
    id,
    conversation_id: conversationId,
    external_id: message.externalId,
    direction: message.direction,
    origin,
    seq,
    contact_id: message.direction === 'incoming' ? contactId : null,
    content: message.text,
    content_type: message.contentType,
    content_attributes: {
      ...message.attributes,
      subject: message.subject,
      references: message.references,
      ...(message.html === null ? {} : { html: message.html }),
      ...(message.automatic ? { automatic: true } : {}),
      ...(message.handledElsewhere ? { handled_elsewhere: true } : {}),
    },
    source_id: message.sourceId,
    status: (message.direction === 'incoming' ? 'received' : 'sent') satisfies MessageStatus,
    sent_at: message.sentAt,
    delivered_at: message.deliveredAt,
  }))
  await sql`
    insert into messages (account_id, inbox_id, id, conversation_id, external_id, direction, origin,
      seq, contact_id, content, content_type, content_attributes, source_id, status, sent_at,
      delivered_at)
    select ${accountId}::bigint, ${inboxId}::bigint, row.* from ${recordset(
      rows,
      `id bigint, conversation_id bigint, external_id text, direction text, origin text, seq bigint,
       contact_id bigint, content text, content_type text, content_attributes jsonb, source_id text,
       status text, sent_at timestamptz, delivered_at timestamptz`,
    )}`.execute(trx)
  const ids = messages.map(({ id }) => id)
  await oweWords(trx, accountId, ids)
}

/** Where mails lie; a place that is known already stays as it is. */
export async function insertLocations(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  found: readonly { message: InboundMessage; messageId: number }[],
): Promise<void> {
  const rows = found.flatMap(({ message: { location }, messageId }) =>
    location
      ? [
          {
            folder: location.folder,
            uidvalidity: String(location.uidValidity),
            uid: location.uid,
            message_id: messageId,
          },
        ]
      : [],
  )
  if (rows.length === 0) return
  await sql`
    insert into message_locations (account_id, inbox_id, folder, uidvalidity, uid, message_id)
    select ${accountId}::bigint, ${inboxId}::bigint, row.* from ${recordset(
      rows,
      'folder text, uidvalidity bigint, uid bigint, message_id bigint',
    )} on conflict do nothing`.execute(trx)
}

/**
 * `fileOf` by message and the attachment's position in it, as putAttachments stored them. True when
 * one is left in the mailbox, to be fetched from there.
 */
export async function insertAttachments(
  trx: Trx,
  { accountId }: InboxRef,
  messages: readonly NewMessage[],
  fileOf: FileOf,
): Promise<boolean> {
  const rows = messages.flatMap(({ id, message }) =>
    message.attachments.map((attachment, position) => {
      const fate = fileOf(message, position)
      const refused = fate !== null && 'refused' in fate ? fate.refused : null
      const file = fate !== null && 'key' in fate ? fate : null
      const fetchable = attachment.part !== null
      return {
        message_id: id,
        position,
        file_name: attachment.fileName,
        content_type: attachment.contentType,
        size: file?.size ?? attachment.size,
        content_id: attachment.contentId,
        inline: attachment.inline,
        part: attachment.part,
        state: refused ? 'refused' : file ? 'stored' : fetchable ? 'in_mailbox' : 'lost',
        reason: refused,
        storage_key: file?.key ?? null,
        detected_type: file?.detectedType ?? null,
      }
    }),
  )
  if (rows.length === 0) return false
  const ids = await takeIds(trx, 'attachment_ids', rows.length)
  await sql`
    insert into attachments (account_id, id, message_id, position, file_name, content_type, size,
      content_id, inline, part, state, reason, storage_key, detected_type)
    select ${accountId}::bigint, row.* from ${recordset(
      rows.map((row, at) => ({ id: ids[at], ...row })),
      `id bigint, message_id bigint, position int, file_name text, content_type text, size bigint,
       content_id text, inline boolean, part text, state text, reason text, storage_key text, detected_type text`,
    )}`.execute(trx)
  return rows.some(({ state }) => state === 'in_mailbox')
}

/** Message-IDs that lead to a conversation from now on, also those of parents not seen yet. */
export async function insertReferences(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  threads: readonly { conversationId: number; references: Iterable<string> }[],
): Promise<void> {
  const rows = threads.flatMap(({ conversationId, references }) =>
    [...references].map((reference) => ({ reference, conversation_id: conversationId })),
  )
  if (rows.length === 0) return
  await sql`
    insert into message_refs (account_id, inbox_id, reference, conversation_id)
    select ${accountId}::bigint, ${inboxId}::bigint, reference, conversation_id
    from ${recordset(rows, 'reference text, conversation_id bigint')} order by reference
    on conflict do nothing`.execute(trx)
}
