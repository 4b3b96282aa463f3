// One action of an automation: as of a rule, in one transaction with its own receipt, once.

import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { addToOutbox } from '../db/outbox.ts'
import { readsAt } from '../db/reading-order.ts'
import type { RuleAction } from '../domain/rule-actions.ts'
import { readTalk } from './read-talk.ts'
import { act, type Receipt } from './run-action.ts'
import { saveState } from './save-state.ts'
import { type Talk, triggerOf } from './trigger-facts.ts'

export interface AutomationPart {
  accountId: number
  conversationId: number
  runId: number
  step: number
  /** Counted by the workflow, so that a repeat is known. */
  part: number
  now: Date
}

export type PartReceipt = Pick<Receipt, 'outcome' | 'reason'>

/** Undefined when the conversation, or the run, does not exist any more. */
export function runAutomationAction(
  db: Database,
  at: AutomationPart,
  action: RuleAction,
): Promise<PartReceipt | undefined> {
  return inTransaction(db, async (trx) => {
    const { accountId, conversationId, now } = at
    const read = await readTalk(trx, accountId, conversationId, { lock: true })
    const run = read && (await findRun(trx, at))
    if (!run) return undefined
    const before = await findReceipt(trx, at)
    if (before) return before
    const { talk, state } = read
    // ClaudIA is asked about what the contact wrote last, whatever began the rule.
    const asks = action.action === 'deliver_to_claudia'
    const messageId = asks ? await lastIncoming(trx, at) : run.message_id
    const trigger = await triggerOf(trx, accountId, messageId, run.started_at)
    const stateBefore = structuredClone(state)
    // An automation speaks when its own waits are over: only people can have been quicker.
    const context = { trx, talk, state, trigger, since: now, now, runId: at.runId, step: at.step }
    const receipt = await act(context, action)
    if (asks && receipt.outcome === 'pending') await askClaudia(trx, at, talk, messageId!)
    const { reason } = receipt
    const outcome = receipt.outcome === 'pending' ? 'done' : receipt.outcome
    await keepReceipt(trx, at, action.action, { outcome, reason: reason ?? null })
    await saveState(trx, talk, stateBefore, state)
    return { outcome, ...(reason ? { reason } : {}) }
  })
}

/** The conversation's workflow delivers it, as if a rule had asked. Once for each automation. */
async function askClaudia(trx: Trx, at: AutomationPart, talk: Talk, messageId: number) {
  await trx
    .insertInto('bot_events')
    .values({
      account_id: at.accountId,
      run_id: at.runId,
      step: at.step,
      conversation_id: at.conversationId,
      message_id: messageId,
      created_at: at.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const about = { inboxId: talk.inboxId, conversationId: talk.id }
  await addToOutbox(trx, at.accountId, [
    { topic: 'conversation', event: 'claudia_asked', ...about },
  ])
}

async function lastIncoming(trx: Trx, at: AutomationPart): Promise<number | null> {
  const row = await trx
    .selectFrom('messages')
    .select('id')
    .where('account_id', '=', at.accountId)
    .where('conversation_id', '=', at.conversationId)
    .where('direction', '=', 'incoming')
    .orderBy(readsAt('messages'), 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row?.id ?? null
}

function findRun(trx: Trx, { accountId, runId }: AutomationPart) {
  return trx
    .selectFrom('rule_runs')
    .select(['message_id', 'started_at'])
    .where('account_id', '=', accountId)
    .where('id', '=', runId)
    .executeTakeFirst()
}

async function findReceipt(trx: Trx, at: AutomationPart): Promise<PartReceipt | undefined> {
  const row = await trx
    .selectFrom('automation_receipts')
    .select(['outcome', 'reason'])
    .where('account_id', '=', at.accountId)
    .where('run_id', '=', at.runId)
    .where('step', '=', at.step)
    .where('part', '=', at.part)
    .executeTakeFirst()
  return row && { outcome: row.outcome, ...(row.reason ? { reason: row.reason } : {}) }
}

/** Kept once; a repeat of what had no transaction of its own changes nothing. */
export async function keepReceipt(
  db: Database,
  at: AutomationPart,
  action: string,
  { outcome, reason }: { outcome: PartReceipt['outcome']; reason: string | null },
): Promise<void> {
  await db
    .insertInto('automation_receipts')
    .values({
      account_id: at.accountId,
      run_id: at.runId,
      step: at.step,
      part: at.part,
      action,
      outcome,
      reason,
      created_at: at.now,
      updated_at: at.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
