// What an automation reads of its run and its conversation.

import { sql } from 'kysely'
import type { Database } from '../../db/client.ts'
import type { RuleAction } from '../../domain/rule-actions.ts'
import type { AutomationRef } from '../../temporal/contracts.ts'

/** The texts among the parameters of the rule's action, as they were when the run began. */
export async function readTexts(
  db: Database,
  { accountId, runId, step }: AutomationRef,
): Promise<Record<string, string>> {
  const row = await db
    .selectFrom('rule_runs')
    .select('actions')
    .where('account_id', '=', accountId)
    .where('id', '=', runId)
    .executeTakeFirst()
  const action = (row?.actions as RuleAction[] | undefined)?.[step]
  return action?.action === 'run_workflow'
    ? ((action.parameters ?? {}) as Record<string, string>)
    : {}
}

export async function hasReplied(
  db: Database,
  { accountId, conversationId, runId }: AutomationRef,
  from: 'contact' | 'agent',
  since: string | null,
): Promise<boolean> {
  const direction = from === 'contact' ? 'incoming' : 'outgoing'
  const { rows } = await sql`
    select 1 from messages m
    left join users u on u.account_id = m.account_id and u.id = m.user_id
    join rule_runs r on r.account_id = m.account_id and r.id = ${runId}
    left join messages t on t.account_id = r.account_id and t.id = r.message_id
    where m.account_id = ${accountId} and m.conversation_id = ${conversationId}
      and m.direction = ${direction} and not m.private and m.origin <> 'history'
      and m.created_at > coalesce(${since}::timestamptz, t.created_at, r.started_at) and m.content_attributes->>'automatic' is null
      and u.role is distinct from 'bot'
    limit 1`.execute(db)
  return rows.length > 0
}
