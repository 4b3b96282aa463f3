// A run of a rule: begun by an event, led through its actions, put to sleep and taken up again. The
// run remembers the actions as they were when it began, so editing a rule changes no run.

import { sql } from 'kysely'
import type { Trx } from '../db/client.ts'
import { type Changes, evaluateRule, type Rule, type RuleEvent } from '../domain/automation.ts'
import type { RuleAction } from '../domain/rule-actions.ts'
import { type ActionContext, type Receipt, runAction } from './run-action.ts'
import {
  answeredByPerson,
  attributesOf,
  type ConversationState,
  type Talk,
  type Trigger,
  triggerOf,
} from './trigger-facts.ts'

/** What all runs of one transaction share; `state` is changed in memory and saved at the end. */
export interface RunContext {
  trx: Trx
  talk: Talk
  state: ConversationState
  now: Date
}

/** More runs than this in so many minutes are two robots talking: rules stop and people are asked. */
export const FLOOD = { runs: 60, minutes: 10 }

export async function startRun(
  context: RunContext,
  rule: Rule & { id: number; once: boolean },
  event: { trigger: Trigger; changes: Changes; seq: number; event: RuleEvent },
): Promise<void> {
  const { trx, talk, state, now } = context
  const { trigger, changes } = event
  const attributes = attributesOf(talk, state, trigger)
  const explanation = evaluateRule(rule, { attributes, changes, now })
  if (!explanation.matched) return
  if (rule.once && (await ranBefore(trx, talk, rule.id))) return
  const { id } = await trx
    .insertInto('rule_runs')
    .values({
      account_id: talk.accountId,
      rule_id: rule.id,
      inbox_id: talk.inboxId,
      conversation_id: talk.id,
      message_id: trigger.messageId,
      seq: event.seq,
      event: event.event,
      explanation,
      actions: rule.actions,
      started_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const run = { id, actions: rule.actions, step: 0 }
  if (await isFlood(context)) {
    state.attention_reason = 'flood'
    if (state.status === 'pending') state.status = 'open'
    return endRun(context, run, 'flood')
  }
  await proceed(context, run, { trigger, since: trigger.at })
}

interface Run {
  id: number
  actions: readonly RuleAction[]
  step: number
}
/** `since`: from when on a person's answer, or age, makes an action to the contact pointless. */
type Occasion = Pick<ActionContext, 'trigger' | 'since'>

/** Runs actions until one has to be waited for; what waits is written into the run. */
async function proceed(context: RunContext, run: Run, occasion: Occasion): Promise<void> {
  for (let step = run.step; step < run.actions.length; step++) {
    const at: ActionContext = { ...context, ...occasion, runId: run.id, step }
    const receipt = await runAction(at, run.actions[step]!)
    if (receipt.outcome === 'pending' && receipt.waitsFor) {
      return park(context, run.id, step, receipt)
    }
    if (receipt.ends) return endRun(context, { ...run, step: step + 1 }, receipt.reason!)
  }
  await finish(context, run.id)
}

/** Takes up what is due; returns how many runs that were. */
export async function continueDueRuns(context: RunContext): Promise<number> {
  const { trx, talk, now } = context
  const runs = await unfinished(context)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('id')
    .execute()
  for (const run of runs) {
    const next = { ...run, step: run.step + 1 }
    const trigger = await triggerOf(trx, talk.accountId, run.message_id, run.started_at)
    // What people wrote in another program is no event, but it is an answer.
    const { accountId, id } = talk
    if (run.waits_for === 'agent' && (await answeredByPerson(trx, accountId, id, trigger))) {
      await settle(context, run, 'done', 'replied')
      await endRun(context, next, 'replied')
      continue
    }
    if (run.waits_for !== 'step') await settle(context, run, 'done', null)
    // A conversation that was resolved meanwhile wants nothing more of a rule that began before.
    if (context.state.status === 'resolved' && run.event !== 'conversation_resolved') {
      await endRun(context, next, 'resolved_meanwhile')
      continue
    }
    // Whoever waits on purpose is not late.
    await proceed(context, next, { trigger, since: later(trigger.at, run.due_at!) })
  }
  return runs.length
}

/** Whoever waits for a reply of this kind is done: what would have followed is not needed. */
export async function noteReply(context: RunContext, trigger: Trigger): Promise<void> {
  const { message_type, private: isNote } = trigger.attributes
  if (isNote) return
  const from = message_type === 'incoming' ? 'contact' : 'agent'
  const runs = await unfinished(context)
    .where('waits_for', '=', from)
    .where((eb) => eb('message_id', 'is distinct from', trigger.messageId))
    .orderBy('id')
    .execute()
  for (const run of runs) {
    await settle(context, run, 'done', 'replied')
    await endRun(context, { ...run, step: run.step + 1 }, 'replied')
  }
}

function unfinished({ trx, talk }: RunContext) {
  return trx
    .selectFrom('rule_runs')
    .select(['id', 'event', 'actions', 'step', 'message_id', 'started_at', 'due_at', 'waits_for'])
    .$narrowType<{ actions: RuleAction[] }>()
    .where('account_id', '=', talk.accountId)
    .where('conversation_id', '=', talk.id)
    .where('finished_at', 'is', null)
}

async function park(
  { trx, talk }: RunContext,
  id: number,
  step: number,
  { waitsFor, until }: Receipt,
): Promise<void> {
  await trx
    .updateTable('rule_runs')
    .set({ step, waits_for: waitsFor!, due_at: until ?? null })
    .where('account_id', '=', talk.accountId)
    .where('id', '=', id)
    .execute()
}

async function finish({ trx, talk, now }: RunContext, id: number): Promise<void> {
  await trx
    .updateTable('rule_runs')
    .set({ finished_at: now, waits_for: null, due_at: null })
    .where('account_id', '=', talk.accountId)
    .where('id', '=', id)
    .execute()
}

/** What is left of the run is skipped, each action with the reason. */
async function endRun(context: RunContext, run: Run, reason: string): Promise<void> {
  const left = run.actions.slice(run.step).map(({ action }, at) => ({
    account_id: context.talk.accountId,
    run_id: run.id,
    step: run.step + at,
    action,
    outcome: 'skipped' as const,
    reason,
  }))
  if (left.length > 0) await context.trx.insertInto('action_receipts').values(left).execute()
  await finish(context, run.id)
}

async function settle(
  { trx, talk, now }: RunContext,
  run: { id: number; step: number },
  outcome: 'done',
  reason: string | null,
): Promise<void> {
  await trx
    .updateTable('action_receipts')
    .set({ outcome, reason, updated_at: now })
    .where('account_id', '=', talk.accountId)
    .where('run_id', '=', run.id)
    .where('step', '=', run.step)
    .execute()
}

async function ranBefore(trx: Trx, { accountId, id }: Talk, ruleId: number): Promise<boolean> {
  const row = await trx
    .selectFrom('rule_runs')
    .select('id')
    .where('account_id', '=', accountId)
    .where('rule_id', '=', ruleId)
    .where('conversation_id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

async function isFlood({ trx, talk, now }: RunContext): Promise<boolean> {
  const since = new Date(now.getTime() - FLOOD.minutes * 60_000)
  const { rows } = await sql`
    select 1 from rule_runs where account_id = ${talk.accountId} and conversation_id = ${talk.id}
      and started_at > ${since} offset ${FLOOD.runs} limit 1`.execute(trx)
  return rows.length > 0
}

const later = (a: Date, b: Date) => (a > b ? a : b)
