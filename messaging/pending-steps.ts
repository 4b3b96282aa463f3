// Actions of a conversation's runs that happen outside the database and are still to be done.

import type { Trx } from '../db/client.ts'
import { OUTSIDE_ACTIONS } from '../domain/rule-actions.ts'
import type { Talk } from './trigger-facts.ts'

/** Why the receipt of a workflow is pending once it has begun. */
export const RUNNING = 'running'

export interface StepRef {
  runId: number
  step: number
}

/** Workflows that rules began here and that have not ended: told of what happens. */
export async function runningAutomations(trx: Trx, { accountId, id }: Talk): Promise<StepRef[]> {
  const rows = await receipts(trx, accountId, id)
    .where('a.action', '=', 'run_workflow')
    .where('a.reason', '=', RUNNING)
    .execute()
  return rows.map(({ run_id, step }) => ({ runId: run_id, step }))
}

export async function pendingSteps(trx: Trx, { accountId, id }: Talk): Promise<StepRef[]> {
  const rows = await receipts(trx, accountId, id)
    // A workflow that was begun is not begun again.
    .where('a.reason', 'is', null)
    .where('a.action', 'in', OUTSIDE_ACTIONS)
    .execute()
  return rows.map(({ run_id, step }) => ({ runId: run_id, step }))
}

function receipts(trx: Trx, accountId: number, conversationId: number) {
  return trx
    .selectFrom('action_receipts as a')
    .innerJoin('rule_runs as r', (join) =>
      join.onRef('r.account_id', '=', 'a.account_id').onRef('r.id', '=', 'a.run_id'),
    )
    .select(['a.run_id', 'a.step'])
    .where('r.account_id', '=', accountId)
    .where('r.conversation_id', '=', conversationId)
    .where('a.outcome', '=', 'pending')
    .orderBy('a.run_id')
    .orderBy('a.step')
}
