// Actions of a conversation's runs that happen outside the database and are still to be done.

import type { Trx } from '../db/client.ts'
import { OUTSIDE_ACTIONS } from '../domain/rule-actions.ts'
import type { Talk } from './trigger-facts.ts'

export interface StepRef {
  runId: number
  step: number
}

export async function pendingSteps(trx: Trx, { accountId, id }: Talk): Promise<StepRef[]> {
  const rows = await trx
    .selectFrom('action_receipts as a')
    .innerJoin('rule_runs as r', (join) =>
      join.onRef('r.account_id', '=', 'a.account_id').onRef('r.id', '=', 'a.run_id'),
    )
    .select(['a.run_id', 'a.step'])
    .where('r.account_id', '=', accountId)
    .where('r.conversation_id', '=', id)
    .where('r.finished_at', 'is', null)
    .where('a.outcome', '=', 'pending')
    .where('a.action', 'in', OUTSIDE_ACTIONS)
    .orderBy('a.run_id')
    .execute()
  return rows.map(({ run_id, step }) => ({ runId: run_id, step }))
}
