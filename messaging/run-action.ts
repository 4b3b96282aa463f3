// One action of a matched rule: it changes the conversation's state in memory and leaves a receipt.

import type { Trx } from '../db/client.ts'
import type { RuleAction } from '../domain/automation.ts'
import { maySpeak } from '../domain/speaking.ts'
import {
  answeredByPerson,
  type ConversationState,
  type SpeakingRow,
  type Trigger,
} from './trigger-facts.ts'

export interface ActionContext {
  accountId: number
  state: ConversationState
  trigger: Trigger
  now: Date
  speaking: SpeakingRow
  claudiaId: number | null
  runId: number
  step: number
}

interface Receipt {
  outcome: 'done' | 'pending' | 'skipped' | 'failed'
  reason?: string
}

export async function runAction(trx: Trx, action: RuleAction, at: ActionContext): Promise<void> {
  const receipt = await act(trx, action, at)
  await trx
    .insertInto('action_receipts')
    .values({
      account_id: at.accountId,
      run_id: at.runId,
      step: at.step,
      action: action.action,
      outcome: receipt.outcome,
      reason: receipt.reason ?? null,
    })
    .execute()
  if (action.action === 'deliver_to_claudia' && receipt.outcome === 'pending') {
    await trx
      .insertInto('bot_events')
      .values({
        account_id: at.accountId,
        run_id: at.runId,
        step: at.step,
        conversation_id: at.state.id,
        message_id: at.trigger.messageId!,
      })
      .execute()
  }
}

const DONE: Receipt = { outcome: 'done' }

async function act(trx: Trx, action: RuleAction, at: ActionContext): Promise<Receipt> {
  const { state } = at
  switch (action.action) {
    case 'assign_claudia':
      return assignClaudia(trx, at)
    case 'deliver_to_claudia':
      return deliver(trx, at)
    case 'assign_agent':
      if (!(await exists(trx, 'users', at.accountId, action.agent_id))) {
        return { outcome: 'failed', reason: 'agent_not_found' }
      }
      state.assignee_id = action.agent_id
      return DONE
    case 'assign_team':
      if (!(await exists(trx, 'teams', at.accountId, action.team_id))) {
        return { outcome: 'failed', reason: 'team_not_found' }
      }
      state.team_id = action.team_id
      return DONE
    case 'add_label':
      state.labels = [...new Set([...state.labels, ...action.labels])]
      return DONE
    case 'remove_label':
      state.labels = state.labels.filter((label) => !action.labels.includes(label))
      return DONE
    case 'change_status':
      state.status = action.status
      return DONE
    case 'set_priority':
      state.priority = action.priority
      return DONE
  }
}

/** Only what nobody has is given to ClaudIA, and only when she may speak: else people have it. */
async function assignClaudia(trx: Trx, at: ActionContext): Promise<Receipt> {
  const { state, claudiaId } = at
  if (claudiaId === null) return { outcome: 'failed', reason: 'agent_not_found' }
  if (state.assignee_id !== null) return { outcome: 'skipped', reason: 'already_assigned' }
  const refusal = await refusalToSpeak(trx, at)
  if (refusal !== undefined) return leaveToPeople(state, refusal)
  state.assignee_id = claudiaId
  return DONE
}

async function deliver(trx: Trx, at: ActionContext): Promise<Receipt> {
  const { state, trigger, claudiaId, accountId } = at
  if (trigger.messageId === null) return { outcome: 'failed', reason: 'no_message' }
  const refusal = await refusalToSpeak(trx, at)
  if (refusal !== undefined) return leaveToPeople(state, refusal)
  if (claudiaId === null || !(await hasEndpoint(trx, accountId, claudiaId))) {
    return leaveToPeople(state, 'bot_not_connected')
  }
  return { outcome: 'pending' }
}

async function refusalToSpeak(trx: Trx, at: ActionContext): Promise<string | undefined> {
  const { accountId, state, trigger, now, speaking } = at
  const decision = maySpeak({
    ...speaking,
    triggerAt: trigger.at,
    now,
    answeredByPerson: await answeredByPerson(trx, accountId, state.id, trigger),
  })
  return decision.act === 'never' ? decision.reason : undefined
}

/** Open, with the reason on record; what a person has answered needs nobody's attention. */
function leaveToPeople(state: ConversationState, reason: string): Receipt {
  if (state.status === 'pending') state.status = 'open'
  if (reason !== 'answered_by_person') state.attention_reason = reason
  return { outcome: 'skipped', reason }
}

export async function hasEndpoint(trx: Trx, accountId: number, userId: number): Promise<boolean> {
  const row = await trx
    .selectFrom('bots')
    .select('user_id')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row !== undefined
}

async function exists(trx: Trx, table: 'users' | 'teams', accountId: number, id: number) {
  const row = await trx
    .selectFrom(table)
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}
