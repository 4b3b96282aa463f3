// What somebody's endpoint is told of a conversation, as it is when it is told. Standard Webhooks.

import type { Database } from '../../db/client.ts'
import type { ConversationRef } from '../../temporal/contracts.ts'

export interface EventAbout {
  /** `conversation.created` and the like. */
  type: string
  /** When it happened. */
  at: Date
  messageId: number | null
  data?: Record<string, unknown>
}

/** Undefined when the conversation does not exist any more. */
export async function readEventPayload(
  db: Database,
  { accountId, conversationId }: ConversationRef,
  { type, at, messageId, data }: EventAbout,
): Promise<Record<string, unknown> | undefined> {
  const conversation = await db
    .selectFrom('conversations')
    .select(['id', 'display_id', 'inbox_id', 'contact_id', 'status', 'subject', 'priority'])
    .select(['labels', 'assignee_id', 'team_id', 'custom_attributes', 'message_count'])
    .where('account_id', '=', accountId)
    .where('id', '=', conversationId)
    .executeTakeFirst()
  if (!conversation) return undefined
  const { contact_id, ...fields } = conversation
  const contact = await db
    .selectFrom('contacts')
    .select(['id', 'name', 'email', 'phone_number', 'identifier', 'custom_attributes'])
    .where('account_id', '=', accountId)
    .where('id', '=', contact_id)
    .executeTakeFirstOrThrow()
  const message = messageId === null ? undefined : await readMessage(db, accountId, messageId)
  return {
    type,
    timestamp: at.toISOString(),
    data: {
      account_id: accountId,
      conversation: { ...fields, contact },
      ...(message ? { message } : {}),
      ...data,
    },
  }
}

async function readMessage(db: Database, accountId: number, id: number) {
  const row = await db
    .selectFrom('messages')
    .select(['id', 'direction', 'private', 'content', 'content_type', 'user_id', 'sent_at'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && { ...row, sent_at: row.sent_at.toISOString() }
}
