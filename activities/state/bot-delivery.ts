// What a bot is told: the message that woke it and the conversation's recent ones.

import { sql } from 'kysely'
import { quoteStart } from '../../channels/shown-mail.ts'
import type { Database } from '../../db/client.ts'
import type { Vault } from '../../db/encryption.ts'
import { readsAt } from '../../db/reading-order.ts'
import type { ConversationRef } from '../../temporal/contracts.ts'

export interface BotDelivery {
  endpoint: string
  secret: string
  payload: Record<string, unknown>
}

/** Enough for a bot to understand an answer; older ones it can read through the API. */
const RECENT = 20

/** Undefined when the event, or the account's bot, does not exist any more. */
export async function readDelivery(
  db: Database,
  vault: Vault,
  { accountId, conversationId, eventId }: ConversationRef & { eventId: string },
): Promise<BotDelivery | undefined> {
  const event = await db
    .selectFrom('bot_events')
    .select(['message_id', 'created_at'])
    .where('account_id', '=', accountId)
    .where('id', '=', eventId)
    .executeTakeFirst()
  const bot = await db
    .selectFrom('bots')
    .innerJoin('users', (join) =>
      join.onRef('users.account_id', '=', 'bots.account_id').onRef('users.id', '=', 'bots.user_id'),
    )
    .select(['bots.user_id', 'bots.endpoint', 'bots.key_id', 'bots.secret_ciphertext'])
    .where('bots.account_id', '=', accountId)
    .where('users.key', '=', 'claudia')
    .executeTakeFirst()
  if (!event || !bot) return undefined
  const conversation = await db
    .selectFrom('conversations as c')
    .innerJoin('contacts as contact', (join) =>
      join
        .onRef('contact.account_id', '=', 'c.account_id')
        .onRef('contact.id', '=', 'c.contact_id'),
    )
    .select(['c.id', 'c.display_id', 'c.inbox_id', 'c.status', 'c.subject', 'c.labels'])
    .select(['contact.id as contact_id', 'contact.name', 'contact.email'])
    .where('c.account_id', '=', accountId)
    .where('c.id', '=', conversationId)
    .executeTakeFirstOrThrow()
  const recent = await db
    .selectFrom('messages')
    .select(['id', 'direction', 'content', 'content_type', 'sent_at', 'user_id'])
    .select(sql<string | null>`content_attributes->>'subject'`.as('subject'))
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where('private', '=', false)
    .orderBy(readsAt('messages'), 'desc')
    .orderBy('id', 'desc')
    .limit(RECENT)
    .execute()
  const messages = recent.reverse().map((message) => ({
    id: message.id,
    message_type: message.direction,
    content: message.content,
    // Where it only repeats what the bot has read before.
    quote_start: quoteStart(message.content, message.subject ?? ''),
    content_type: message.content_type,
    user_id: message.user_id,
    created_at: message.sent_at.toISOString(),
  }))
  const { contact_id, name, email, ...fields } = conversation
  return {
    endpoint: bot.endpoint,
    secret: String(
      vault.open(
        { accountId, row: `bots/${bot.user_id}` },
        { keyId: bot.key_id, ciphertext: bot.secret_ciphertext },
      ),
    ),
    payload: {
      event: 'message_created',
      id: eventId,
      account_id: accountId,
      created_at: event.created_at.toISOString(),
      message: messages.find(({ id }) => id === event.message_id) ?? { id: event.message_id },
      conversation: { ...fields, contact: { id: contact_id, name, email } },
      messages,
    },
  }
}
