// A delivery status as news: repeated and late ones change nothing.

import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { type MessageStatus, statusesBefore } from '../domain/message.ts'

export interface StatusFacts {
  /** Stable reason code of a failure. */
  code?: string | undefined
  /** The provider's own words. */
  evidence?: string | undefined
}

/** False when the status was no news. */
export function applyStatus(
  db: Database,
  accountId: number,
  messageId: number,
  status: MessageStatus,
  facts: StatusFacts = {},
): Promise<boolean> {
  return inTransaction(db, (trx) => applyStatusTo(trx, accountId, messageId, status, facts))
}

/** The same within a transaction. */
export async function applyStatusTo(
  trx: Trx,
  accountId: number,
  messageId: number,
  status: MessageStatus,
  { code, evidence }: StatusFacts,
): Promise<boolean> {
  const row = await trx
    .updateTable('messages')
    .set({
      status,
      error_code: code ?? null,
      error_evidence: evidence ?? null,
      updated_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', messageId)
    .where('status', 'in', statusesBefore(status))
    .returning(['conversation_id', 'inbox_id'])
    .executeTakeFirst()
  if (!row) return false
  await addAccountEvents(trx, accountId, [
    {
      kind: 'message.updated',
      data: {
        message_id: messageId,
        conversation_id: row.conversation_id,
        inbox_id: row.inbox_id,
        status,
      },
    },
  ])
  return true
}
