// A conversation's automations: its events since the last time, in order, in one transaction. What a
// rule does triggers no rule.

import { addAccountEvents } from '../db/account-events.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { claudiaModeOf, findInbox } from '../db/inboxes.ts'
import { CLAUDIA, findUserByKey } from '../db/users.ts'
import {
  type Condition,
  evaluateRule,
  type Rule,
  type RuleAction,
  type RuleEvent,
} from '../domain/automation.ts'
import { mayRunRules } from '../domain/speaking.ts'
import { type ActionContext, runAction } from './run-action.ts'
import { attributesOf, type ConversationState, type Trigger, triggerOf } from './trigger-facts.ts'

export interface Handled {
  /** The inbox is held: nothing was changed, and the end of the hold wakes the conversation again. */
  held: boolean
  /** Bot events to be delivered, also those an earlier attempt left behind. */
  deliveries: string[]
}

export function handleConversation(
  db: Database,
  { accountId, conversationId, now }: { accountId: number; conversationId: number; now: Date },
): Promise<Handled> {
  return inTransaction(db, async (trx) => {
    const row = await lockConversation(trx, accountId, conversationId)
    if (!row) return { held: false, deliveries: [] }
    const inbox = await findInbox(trx, accountId, row.inbox_id)
    if (!inbox || inbox.held_since !== null) return { held: inbox !== undefined, deliveries: [] }

    const { handled_seq, ...before } = row
    const state: ConversationState = { ...before, labels: [...before.labels] }
    const claudia = await findUserByKey(trx, accountId, CLAUDIA)
    const speaking = {
      claudia: claudiaModeOf(inbox),
      maxAgeSeconds: inbox.claudia_max_age_seconds,
    }
    const events = await eventsAfter(trx, accountId, conversationId, handled_seq)
    const rules = events.length > 0 ? await activeRules(trx, accountId) : []
    for (const event of events) {
      const trigger = await triggerOf(trx, accountId, event.message_id, event.created_at)
      const { origin, automatic } = trigger
      if (mayRunRules({ origin, automatic, held: false }).act !== 'now') continue
      const context = { accountId, state, trigger, now, speaking, claudiaId: claudia?.id ?? null }
      for (const rule of rules) {
        if (rule.event === event.event) await runRule(trx, rule, event, context)
      }
    }
    const last = events.at(-1)
    if (last) await save(trx, accountId, before, state, last.seq!)
    return { held: false, deliveries: await pendingDeliveries(trx, accountId, conversationId) }
  })
}

interface ActiveRule extends Rule {
  once: boolean
}

type Event = Awaited<ReturnType<typeof eventsAfter>>[number]
type Context = Omit<ActionContext, 'runId' | 'step'> & { trigger: Trigger }

async function runRule(trx: Trx, rule: ActiveRule, event: Event, context: Context): Promise<void> {
  const { accountId, state, trigger, now, claudiaId } = context
  const explanation = evaluateRule(rule, attributesOf(state, trigger, claudiaId))
  if (!explanation.matched) return
  if (rule.once && (await ranBefore(trx, accountId, rule.id, state.id))) return
  const run = await trx
    .insertInto('rule_runs')
    .values({
      account_id: accountId,
      rule_id: rule.id,
      inbox_id: state.inbox_id,
      conversation_id: state.id,
      message_id: trigger.messageId,
      seq: event.seq!,
      event: event.event,
      explanation,
      started_at: now,
      finished_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const [step, action] of rule.actions.entries()) {
    await runAction(trx, action, { ...context, runId: run.id, step })
  }
}

function lockConversation(trx: Trx, accountId: number, id: number) {
  return trx
    .selectFrom('conversations')
    .select([
      'id',
      'inbox_id',
      'subject',
      'status',
      'priority',
      'labels',
      'assignee_id',
      'team_id',
      'attention_reason',
      'handled_seq',
    ])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

function eventsAfter(trx: Trx, accountId: number, conversationId: number, seq: number) {
  return trx
    .selectFrom('outbox')
    .select(['seq', 'event', 'message_id', 'created_at'])
    .where('account_id', '=', accountId)
    .where('topic', '=', 'conversation')
    .where('conversation_id', '=', conversationId)
    .where('seq', '>', seq)
    .orderBy('seq')
    .execute()
}

async function activeRules(trx: Trx, accountId: number): Promise<ActiveRule[]> {
  const rows = await trx
    .selectFrom('automation_rules')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('active', '=', true)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    event: row.event as RuleEvent,
    conditions: row.conditions as Condition,
    actions: row.actions as RuleAction[],
    once: row.once_per_conversation,
  }))
}

async function ranBefore(trx: Trx, accountId: number, ruleId: number, conversationId: number) {
  const row = await trx
    .selectFrom('rule_runs')
    .select('id')
    .where('account_id', '=', accountId)
    .where('rule_id', '=', ruleId)
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst()
  return row !== undefined
}

async function pendingDeliveries(trx: Trx, accountId: number, conversationId: number) {
  const rows = await trx
    .selectFrom('bot_events as b')
    .innerJoin('rule_runs as r', (join) =>
      join.onRef('r.account_id', '=', 'b.account_id').onRef('r.id', '=', 'b.run_id'),
    )
    .select('b.id')
    .where('b.account_id', '=', accountId)
    .where('b.conversation_id', '=', conversationId)
    .where('b.status', '=', 'pending')
    .orderBy('r.seq')
    .orderBy('b.step')
    .execute()
  return rows.map(({ id }) => id)
}

async function save(
  trx: Trx,
  accountId: number,
  before: ConversationState,
  state: ConversationState,
  handledSeq: number,
): Promise<void> {
  const { id, inbox_id, ...after } = state
  const changed = JSON.stringify(before) !== JSON.stringify(state)
  await trx
    .updateTable('conversations')
    .set({ ...(changed ? { ...after, updated_at: new Date() } : {}), handled_seq: handledSeq })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
  if (!changed) return
  const data = { inbox_id, conversation_id: id }
  await addAccountEvents(trx, accountId, [{ kind: 'conversation.updated', data }])
}
