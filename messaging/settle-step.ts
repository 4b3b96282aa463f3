// How an action outside the database ended: on its receipt, and the run may go on.

import { type Database, inTransaction } from '../db/client.ts'

export interface StepEnd {
  accountId: number
  runId: number
  step: number
  outcome: 'done' | 'failed' | 'skipped'
  reason: string | null
  now: Date
}

/** False when it had ended before; the first end counts. */
export function settleStep(db: Database, end: StepEnd): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const { accountId, runId, step, outcome, reason, now } = end
    const row = await trx
      .updateTable('action_receipts')
      .set({ outcome, reason, updated_at: now })
      .where('account_id', '=', accountId)
      .where('run_id', '=', runId)
      .where('step', '=', step)
      .where('outcome', '=', 'pending')
      .returning('run_id')
      .executeTakeFirst()
    if (!row) return false
    await trx
      .updateTable('rule_runs')
      .set({ due_at: now })
      .where('account_id', '=', accountId)
      .where('id', '=', runId)
      .where('step', '=', step)
      .where('waits_for', '=', 'step')
      .execute()
    return true
  })
}
