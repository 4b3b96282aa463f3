// A message of which only the place was known has come in whole: it takes its place.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { addAccountEvents } from '../db/account-events.ts'
import type { Trx } from '../db/client.ts'
import { oweWords } from '../db/message-words.ts'
import { askInbox } from '../db/outbox.ts'
import type { KnownMessage, Sorted } from './known-messages.ts'
import { type InboxRef, insertAttachments } from './message-rows.ts'

export interface Filled {
  message: InboundMessage
  as: KnownMessage
}

/** Those of a page that say more than what is stored of them. */
export async function fillPlaceholders(
  trx: Trx,
  inbox: InboxRef,
  known: Sorted['known'],
): Promise<Filled[]> {
  const { accountId, inboxId } = inbox
  const filled = known.filter(
    ({ as, message }) => as.placeholder && message.attributes.unavailable === undefined,
  )
  for (const { message, as } of filled) {
    await trx
      .updateTable('messages')
      .set({
        content: message.text,
        content_attributes: sql`(content_attributes - 'unavailable' - 'automatic')
          || ${message.attributes as object}::jsonb`,
        updated_at: sql<Date>`now()`,
      })
      .where('account_id', '=', accountId)
      .where('id', '=', as.messageId)
      .execute()
  }
  const ids = filled.map(({ as }) => as.messageId)
  await oweWords(trx, accountId, ids)
  const rows = filled.map(({ message, as }) => ({
    id: as.messageId,
    conversationId: as.conversationId,
    contactId: 0,
    origin: as.origin,
    seq: null,
    message,
  }))
  if (await insertAttachments(trx, inbox, rows, () => null)) await askInbox(trx, inbox, 'changed')
  await addAccountEvents(
    trx,
    accountId,
    filled.map(({ as }) => ({
      kind: 'message.updated',
      data: {
        message_id: as.messageId,
        conversation_id: as.conversationId,
        inbox_id: inboxId,
      },
    })),
  )
  return filled
}
