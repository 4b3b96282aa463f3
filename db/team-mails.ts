// Whom an action's mail to a team has reached, so that a repeat goes to the others only.

import type { Database } from './client.ts'

export interface TeamMailRef {
  accountId: number
  /** The action of a rule that asked, itself or by the automation it began. */
  runId: number
  step: number
  /** The same for every repeat. */
  delivery: string
}

export async function listMailedUsers(
  db: Database,
  { accountId, runId, step, delivery }: TeamMailRef,
): Promise<Set<number>> {
  const rows = await db
    .selectFrom('team_mails')
    .select('user_id')
    .where('account_id', '=', accountId)
    .where('run_id', '=', runId)
    .where('step', '=', step)
    .where('delivery', '=', delivery)
    .execute()
  return new Set(rows.map(({ user_id }) => user_id))
}

export async function noteMailedUser(
  db: Database,
  { accountId, runId, step, delivery }: TeamMailRef,
  userId: number,
  now: Date,
): Promise<void> {
  await db
    .insertInto('team_mails')
    .values({
      account_id: accountId,
      run_id: runId,
      step,
      delivery,
      user_id: userId,
      sent_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
