// The action of a run that waits to be done outside, and what its mail is about.

import type { Database } from '../../db/client.ts'
import type { RuleAction } from '../../domain/rule-actions.ts'
import { RUNNING } from '../../messaging/pending-steps.ts'
import type { AutomationRef, ConversationRef } from '../../temporal/contracts.ts'

/** Undefined when it has been done, or its run is gone. */
export async function readPendingStep(
  db: Database,
  { accountId, runId, step }: { accountId: number; runId: number; step: number },
): Promise<RuleAction | undefined> {
  const row = await db
    .selectFrom('rule_runs as r')
    .innerJoin('action_receipts as a', (join) =>
      join.onRef('a.account_id', '=', 'r.account_id').onRef('a.run_id', '=', 'r.id'),
    )
    .select('r.actions')
    .where('r.account_id', '=', accountId)
    .where('r.id', '=', runId)
    .where('a.step', '=', step)
    .where('a.outcome', '=', 'pending')
    .executeTakeFirst()
  return (row?.actions as RuleAction[] | undefined)?.[step]
}

export function readMailFacts(db: Database, { accountId, conversationId }: ConversationRef) {
  return db
    .selectFrom('conversations as c')
    .innerJoin('accounts as a', 'a.id', 'c.account_id')
    .select(['c.display_id', 'c.subject', 'a.locale'])
    .where('c.account_id', '=', accountId)
    .where('c.id', '=', conversationId)
    .executeTakeFirstOrThrow()
}

export async function noteRunning(
  db: Database,
  { accountId, runId, step }: AutomationRef,
): Promise<void> {
  await db
    .updateTable('action_receipts')
    .set({ reason: RUNNING })
    .where('account_id', '=', accountId)
    .where('run_id', '=', runId)
    .where('step', '=', step)
    .where('outcome', '=', 'pending')
    .execute()
}
