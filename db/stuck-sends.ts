// Conversations with something to send and maybe nobody who sends it: the inbox could not send when
// it was their turn, or their workflow was lost.

import { sql } from 'kysely'
import type { Database } from './client.ts'

/**
 * By turns of the inboxes, newest message first. Where sending needs a person one conversation is
 * enough to learn that it works again: then all the others are woken. Many would knock in vain.
 */
export async function listStuckSends(
  db: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<{ accountId: number; conversationId: number }[]> {
  const { rows } = await sql<{ account_id: number; conversation_id: number }>`
    select account_id, conversation_id from (
      select m.account_id, m.conversation_id, i.send_status, max(m.id) as newest,
        row_number() over (partition by m.inbox_id order by max(m.id) desc) as turn
      from messages m join inboxes i on i.account_id = m.account_id and i.id = m.inbox_id
      where m.status in ('queued', 'transmitting') and m.direction = 'outgoing'
        and m.updated_at < ${before}
        and i.phase in ('importing', 'active') and not i.paused
        and i.send_status <> 'reauthorization_required'
      group by m.account_id, m.inbox_id, m.conversation_id, i.send_status
    ) stuck
    where send_status <> 'action_required' or turn = 1
    order by turn, newest
    limit ${limit}`.execute(db)
  return rows.map((row) => ({
    accountId: row.account_id,
    conversationId: row.conversation_id,
  }))
}
