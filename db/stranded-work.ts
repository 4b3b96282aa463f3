// Conversations with something to be done outside that nobody has done for long: their workflow was
// lost, or it is still trying, and then one more wake does no harm.

import { sql } from 'kysely'
import { OUTSIDE_ACTIONS } from '../domain/rule-actions.ts'
import type { Database } from './client.ts'

interface Stranded {
  before: Date
  limit: number
}
interface ConversationAt {
  accountId: number
  conversationId: number
}

/** Bot events and actions of rules, oldest first; those of held inboxes are to wait. */
export async function listStrandedConversations(
  db: Database,
  { before, limit }: Stranded,
): Promise<ConversationAt[]> {
  const { rows } = await sql<{ account_id: number; conversation_id: number }>`
    select waiting.account_id, waiting.conversation_id from (
      select account_id, conversation_id, created_at as since from bot_events
      where status = 'pending' and created_at < ${before}
      union all
      select r.account_id, r.conversation_id, a.created_at from action_receipts a
      join rule_runs r on r.account_id = a.account_id and r.id = a.run_id
      where a.outcome = 'pending' and a.reason is null and a.created_at < ${before}
        and a.action = any(${[...OUTSIDE_ACTIONS]}::text[])
    ) waiting
    join conversations c on c.account_id = waiting.account_id and c.id = waiting.conversation_id
    join inboxes i on i.account_id = c.account_id and i.id = c.inbox_id
    where i.held_since is null
    group by 1, 2
    order by min(waiting.since)
    limit ${limit}`.execute(db)
  return rows.map(refOf)
}

/** With something to tell a webhook, oldest first. */
export async function listStrandedWebhooks(
  db: Database,
  { before, limit }: Stranded,
): Promise<ConversationAt[]> {
  const { rows } = await sql<{ account_id: number; conversation_id: number }>`
    select account_id, conversation_id from webhook_deliveries
    where status = 'pending' and due_since < ${before}
    group by 1, 2
    order by min(due_since)
    limit ${limit}`.execute(db)
  return rows.map(refOf)
}

function refOf(row: { account_id: number; conversation_id: number }): ConversationAt {
  return { accountId: row.account_id, conversationId: row.conversation_id }
}
