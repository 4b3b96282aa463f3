// The reader says how far answers have come: each up to a message, by the lattice of statuses.

import { type Database, inTransaction } from '../db/client.ts'
import { statusesBefore } from '../domain/message.ts'
import { applyStatusTo } from './apply-status.ts'

export function markOutgoing(
  db: Database,
  accountId: number,
  conversationId: number,
  untilMessageId: number,
  status: 'delivered' | 'read',
): Promise<void> {
  return inTransaction(db, async (trx) => {
    const rows = await trx
      .selectFrom('messages')
      .select('id')
      .where('account_id', '=', accountId)
      .where('conversation_id', '=', conversationId)
      .where('direction', '=', 'outgoing')
      .where('private', '=', false)
      .where('id', '<=', untilMessageId)
      .where('status', 'in', statusesBefore(status))
      .orderBy('id')
      .execute()
    for (const { id } of rows) await applyStatusTo(trx, accountId, id, status, {})
  })
}
