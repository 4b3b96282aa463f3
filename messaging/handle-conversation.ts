// A conversation's automations: its events since the last time and the runs that are due, in order,
// in one transaction. What a rule does triggers no rule.

import { sql } from 'kysely'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { addToOutbox } from '../db/outbox.ts'
import type { Changes, Condition, Rule, RuleEvent } from '../domain/automation.ts'
import type { RuleAction } from '../domain/rule-actions.ts'
import { mayRunRules } from '../domain/speaking.ts'
import { openUnanswered } from './open-for-people.ts'
import { nextDelivery } from './pending-deliveries.ts'
import { pendingSteps, runningAutomations, type StepRef } from './pending-steps.ts'
import { readTalk } from './read-talk.ts'
import { continueDueRuns, noteReply, type RunContext, startRun } from './rule-runs.ts'
import { saveState } from './save-state.ts'
import { type ConversationState, type Talk, triggerOf } from './trigger-facts.ts'

export interface Handled {
  /** The inbox is held: nothing was changed, and the end of the hold wakes the conversation again. */
  held: boolean
  /** Bot events to be delivered, also those an earlier attempt left behind. */
  deliveries: string[]
  /** Actions outside the database that are to be done. */
  steps: StepRef[]
  /** Automations that are to hear that something happened. */
  automations: StepRef[]
  /** When to look again although nothing new has come. */
  dueAt: Date | null
}

const NOTHING: Handled = { held: false, deliveries: [], steps: [], automations: [], dueAt: null }

export interface HandleOptions {
  accountId: number
  conversationId: number
  now: Date
  /** ClaudIA is asked when the contact has been quiet for this long: a burst is answered once. */
  quietMs?: number
}

export function handleConversation(db: Database, options: HandleOptions): Promise<Handled> {
  const { accountId, conversationId, now, quietMs = 0 } = options
  return inTransaction(db, async (trx) => {
    const read = await readTalk(trx, accountId, conversationId, { lock: true })
    if (!read) return NOTHING
    if (read.held) return { ...NOTHING, held: true }
    const { talk, state } = read
    const before = structuredClone(state)
    let handledSeq = read.handledSeq
    const context: RunContext = { trx, talk, state, now }
    await wakeFromSnooze(context)
    await openUnanswered(context)
    let rules: ActiveRule[] | undefined
    for (;;) {
      const events = await eventsAfter(trx, talk, handledSeq)
      for (const event of events) {
        rules ??= await activeRules(trx, accountId)
        await handleEvent(context, rules, event)
        handledSeq = event.seq!
      }
      // A reply that came in time wins over the end of its wait.
      if (events.length === 0 && (await continueDueRuns(context)) === 0) break
    }
    const happened = handledSeq !== read.handledSeq
    if (happened) await noteHandled(trx, talk, handledSeq)
    await saveState(trx, talk, before, state)
    const { deliveries, quietUntil } = await nextDelivery(trx, talk, now, quietMs)
    const steps = await pendingSteps(trx, talk)
    const automations = happened ? await runningAutomations(trx, talk) : []
    const dueAt = earliest([await nextDue(trx, talk), wakesAt(state), quietUntil])
    return { held: false, deliveries, steps, automations, dueAt }
  })
}

interface ActiveRule extends Rule {
  id: number
  once: boolean
}
type Event = Awaited<ReturnType<typeof eventsAfter>>[number]

async function handleEvent(context: RunContext, rules: ActiveRule[], event: Event) {
  const { trx, talk } = context
  const trigger = await triggerOf(trx, talk.accountId, event.message_id, event.created_at)
  const { origin, automatic } = trigger
  if (mayRunRules({ origin, automatic, held: false }).act !== 'now') return
  if (event.event === 'message_created') await noteReply(context, trigger)
  const changes = (event.changes ?? {}) as Changes
  for (const rule of rules) {
    if (rule.event !== event.event) continue
    await startRun(context, rule, { trigger, changes, seq: event.seq!, event: rule.event })
  }
}

const wakesAt = ({ status, snoozed_until }: ConversationState) =>
  status === 'snoozed' ? snoozed_until : null

/** The time a person or a rule named has come: it is open again, which is an event of its own. */
async function wakeFromSnooze({ trx, talk, state, now }: RunContext): Promise<void> {
  const wakes = wakesAt(state)
  if (!wakes || wakes > now) return
  state.status = 'open'
  state.snoozed_until = null
  const { last_seq } = await trx
    .updateTable('conversations')
    .set({ last_seq: sql<number>`last_seq + 1` })
    .where('account_id', '=', talk.accountId)
    .where('id', '=', talk.id)
    .returning('last_seq')
    .executeTakeFirstOrThrow()
  const about = { inboxId: talk.inboxId, conversationId: talk.id, seq: last_seq }
  await addToOutbox(trx, talk.accountId, [
    {
      topic: 'conversation',
      event: 'conversation_opened',
      changes: { status: ['snoozed', 'open'] },
      ...about,
    },
  ])
}

function eventsAfter(trx: Trx, { accountId, id }: Talk, seq: number) {
  return trx
    .selectFrom('outbox')
    .select(['seq', 'event', 'message_id', 'created_at', 'changes'])
    .where('account_id', '=', accountId)
    .where('topic', '=', 'conversation')
    .where('conversation_id', '=', id)
    .where('seq', '>', seq)
    .orderBy('seq')
    .execute()
}

async function activeRules(trx: Trx, accountId: number): Promise<ActiveRule[]> {
  const rows = await trx
    .selectFrom('automation_rules')
    .select(['id', 'event', 'conditions', 'actions', 'once_per_conversation'])
    .where('account_id', '=', accountId)
    .where('active', '=', true)
    .where('deleted_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    event: row.event as RuleEvent,
    conditions: row.conditions as Condition,
    actions: row.actions as RuleAction[],
    once: row.once_per_conversation,
  }))
}

/** When a run goes on, or ClaudIA has had her time to answer. */
async function nextDue(trx: Trx, { accountId, id }: Talk): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select least(
      (select min(due_at) from rule_runs where account_id = ${accountId}
        and conversation_id = ${id} and finished_at is null),
      (select min(answer_by) from bot_events where account_id = ${accountId}
        and conversation_id = ${id} and answer_by is not null)) as at`.execute(trx)
  return rows[0]?.at ?? null
}

function earliest(times: readonly (Date | null)[]): Date | null {
  const known = times.filter((time) => time !== null)
  return known.length > 0 ? new Date(Math.min(...known.map(Number))) : null
}

async function noteHandled(trx: Trx, { accountId, id }: Talk, handledSeq: number): Promise<void> {
  await trx
    .updateTable('conversations')
    .set({ handled_seq: handledSeq })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}
