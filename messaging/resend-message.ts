// "Send again": a person decides about what failed, or may not have gone out.

import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import { type Database, inTransaction } from '../db/client.ts'
import { addToOutbox } from '../db/outbox.ts'
import type { Json } from '../db/schema/column-types.ts'
import { type MessageStatus, mayResend } from '../domain/message.ts'

/** False when the message is not one to be sent again, or somebody was faster. */
export function resendMessage(
  db: Database,
  accountId: number,
  messageId: number,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const message = await trx
      .selectFrom('messages')
      .select(['status', 'seq', 'inbox_id', 'conversation_id', 'origin'])
      .where('account_id', '=', accountId)
      .where('id', '=', messageId)
      .forUpdate()
      .executeTakeFirst()
    if (message?.origin !== 'authored') return false
    if (!mayResend(message.status as MessageStatus)) return false
    await trx
      .updateTable('messages')
      .set({
        status: 'queued',
        // What becomes of the try before says nothing of this one.
        external_id: null,
        error_code: null,
        error_evidence: null,
        // It has a day from now on.
        content_attributes: sql<Json>`content_attributes ||
          jsonb_build_object('queued_at', ${new Date().toISOString()}::text)`,
        updated_at: sql<Date>`now()`,
      })
      .where('account_id', '=', accountId)
      .where('id', '=', messageId)
      .execute()
    const { inbox_id: inboxId, conversation_id: conversationId, seq } = message
    await addToOutbox(trx, accountId, [
      { topic: 'send', event: 'send', inboxId, conversationId, seq: seq ?? undefined, messageId },
    ])
    await addAccountEvents(trx, accountId, [
      {
        kind: 'message.updated',
        data: {
          message_id: messageId,
          conversation_id: conversationId,
          inbox_id: inboxId,
          status: 'queued',
        },
      },
    ])
    return true
  })
}
