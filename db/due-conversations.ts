// Conversations whose time has come and whose workflow has not noticed: it was lost, or they were
// held meanwhile.

import { sql } from 'kysely'
import type { Database } from './client.ts'

export async function listOverdueConversations(
  db: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<{ accountId: number; conversationId: number }[]> {
  const { rows } = await sql<{ account_id: number; id: number }>`
    select due.account_id, due.id from (
      select account_id, inbox_id, conversation_id as id from rule_runs
      where due_at < ${before} and finished_at is null
      union
      select account_id, inbox_id, id from conversations
      where status = 'snoozed' and snoozed_until < ${before}
      union
      select c.account_id, c.inbox_id, c.id from bot_events b
      join conversations c on c.account_id = b.account_id and c.id = b.conversation_id
      where b.answer_by < ${before}
    ) due
    join inboxes i on i.account_id = due.account_id and i.id = due.inbox_id
    where i.held_since is null
    limit ${limit}`.execute(db)
  return rows.map(({ account_id, id }) => ({ accountId: account_id, conversationId: id }))
}
