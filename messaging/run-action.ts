// One action of a matched rule: it changes the conversation's state in memory, or asks for something
// outside, and leaves a receipt.

import type { Trx } from '../db/client.ts'
import { findTeam } from '../db/teams.ts'
import { findUser } from '../db/users.ts'
import type { RuleAction } from '../domain/rule-actions.ts'
import { maySpeak } from '../domain/speaking.ts'
import { nextInTurn } from './assign-in-turn.ts'
import { endOfWait } from './end-of-wait.ts'
import { queueOutgoing } from './queue-outgoing.ts'
import {
  answeredByPerson,
  type ConversationState,
  type Talk,
  type Trigger,
} from './trigger-facts.ts'

export interface ActionContext {
  trx: Trx
  talk: Talk
  state: ConversationState
  trigger: Trigger
  /** When the trigger came, or the wait for this action ended. */
  since: Date
  now: Date
  runId: number
  step: number
}

export interface Receipt {
  outcome: 'done' | 'pending' | 'skipped' | 'failed'
  reason?: string
  /** What the run sleeps for; absent: the next action follows at once. */
  waitsFor?: 'time' | 'contact' | 'agent' | 'step'
  until?: Date
  /** The rest of the run is not needed. */
  ends?: true
}

export async function runAction(at: ActionContext, action: RuleAction): Promise<Receipt> {
  const receipt = await act(at, action)
  const { trx, talk, runId, step, now } = at
  await trx
    .insertInto('action_receipts')
    .values({
      account_id: talk.accountId,
      run_id: runId,
      step,
      action: action.action,
      outcome: receipt.outcome,
      reason: receipt.reason ?? null,
      created_at: now,
      updated_at: now,
    })
    .execute()
  if (action.action === 'deliver_to_claudia' && receipt.outcome === 'pending') {
    await trx
      .insertInto('bot_events')
      .values({
        account_id: talk.accountId,
        run_id: runId,
        step,
        conversation_id: talk.id,
        message_id: at.trigger.messageId!,
        created_at: now,
      })
      .execute()
  }
  return receipt
}

const DONE: Receipt = { outcome: 'done' }
const failed = (reason: string): Receipt => ({ outcome: 'failed', reason })

/** Without a receipt: whoever asks keeps it. */
export async function act(at: ActionContext, action: RuleAction): Promise<Receipt> {
  const { trx, talk, state } = at
  const { accountId } = talk
  switch (action.action) {
    case 'assign_claudia':
      return assignClaudia(at)
    case 'deliver_to_claudia':
      return deliver(at)
    case 'assign_agent':
      if (!(await findUser(trx, accountId, action.agent_id))) return failed('agent_not_found')
      state.assignee_id = action.agent_id
      return DONE
    case 'assign_team':
      if (!(await findTeam(trx, accountId, action.team_id))) return failed('team_not_found')
      state.team_id = action.team_id
      return DONE
    case 'assign_in_turn':
      return assignInTurn(at, action.team_id)
    case 'add_label':
      state.labels = [...new Set([...state.labels, ...action.labels])]
      return DONE
    case 'remove_label':
      state.labels = state.labels.filter((label) => !action.labels.includes(label))
      return DONE
    case 'change_status':
      state.status = action.status
      state.snoozed_until = null
      return DONE
    case 'snooze':
      state.status = 'snoozed'
      state.snoozed_until = await endOfWait(trx, accountId, at.now, action)
      return DONE
    case 'set_priority':
      state.priority = action.priority
      return DONE
    case 'mute':
      state.muted = true
      return DONE
    case 'send_message':
      return write(at, action.content, { note: false })
    case 'add_note':
      return write(at, action.content, { note: true })
    case 'wait':
      return sleeping('time', await endOfWait(trx, accountId, at.now, action))
    case 'wait_for_reply':
      return waitForReply(at, action)
    case 'email_team':
    case 'send_webhook':
      return { outcome: 'pending', waitsFor: 'step' }
    case 'run_workflow':
      // It is begun outside, and the run does not wait for its end.
      return { outcome: 'pending' }
  }
}

const sleeping = (waitsFor: 'time' | 'contact' | 'agent', until: Date): Receipt => ({
  outcome: 'pending',
  waitsFor,
  until,
})

async function waitForReply(
  { trx, talk, trigger, now }: ActionContext,
  action: Extract<RuleAction, { action: 'wait_for_reply' }>,
): Promise<Receipt> {
  const { accountId, id } = talk
  const { from = 'contact' } = action
  // People may have been quicker than this worker. What a contact wrote since is an event to come.
  if (from === 'agent' && (await answeredByPerson(trx, accountId, id, trigger))) {
    return { outcome: 'done', reason: 'replied', ends: true }
  }
  return sleeping(from, await endOfWait(trx, accountId, now, action))
}

/** Only what nobody has is given to ClaudIA, and only when she may speak: else people have it. */
async function assignClaudia(at: ActionContext): Promise<Receipt> {
  const { state, talk } = at
  if (talk.claudiaId === null) return failed('agent_not_found')
  if (state.assignee_id !== null) return { outcome: 'skipped', reason: 'already_assigned' }
  const refusal = await refusalToSpeak(at, talk.speaking.claudia)
  if (refusal !== undefined) return leaveToPeople(state, refusal)
  state.assignee_id = talk.claudiaId
  return DONE
}

/** Somebody who is there and has the least to do, among the inbox's members or those of a team. */
async function assignInTurn(at: ActionContext, teamId: number | undefined): Promise<Receipt> {
  const { trx, talk, state } = at
  if (state.assignee_id !== null && state.assignee_id !== talk.claudiaId) {
    return { outcome: 'skipped', reason: 'already_assigned' }
  }
  const next = await nextInTurn(trx, talk.accountId, talk.inboxId, teamId)
  if (next === undefined) return { outcome: 'skipped', reason: 'nobody_available' }
  state.assignee_id = next
  return DONE
}

async function deliver(at: ActionContext): Promise<Receipt> {
  const { trx, state, trigger, talk } = at
  if (trigger.messageId === null) return failed('no_message')
  const refusal = await refusalToSpeak(at, talk.speaking.claudia)
  if (refusal !== undefined) return leaveToPeople(state, refusal)
  if (talk.claudiaId === null || !(await hasEndpoint(trx, talk.accountId, talk.claudiaId))) {
    return leaveToPeople(state, 'bot_not_connected')
  }
  return { outcome: 'pending' }
}

/** A message is automatic: it triggers no rule, and no robot answers it. */
async function write(
  at: ActionContext,
  content: string,
  { note }: { note: boolean },
): Promise<Receipt> {
  const { trx, talk } = at
  const reason = note ? undefined : await refusalToSpeak(at, 'on')
  if (reason !== undefined) return { outcome: 'skipped', reason }
  await queueOutgoing(trx, {
    accountId: talk.accountId,
    conversationId: talk.id,
    userId: null,
    content,
    private: note,
    automatic: true,
  })
  return DONE
}

/** Asked at the moment of speaking, whatever the rule was told when it began. */
async function refusalToSpeak(
  { trx, talk, trigger, since, now }: ActionContext,
  claudia: Talk['speaking']['claudia'],
): Promise<string | undefined> {
  const decision = maySpeak({
    claudia,
    maxAgeSeconds: talk.speaking.maxAgeSeconds,
    triggerAt: since,
    now,
    answeredByPerson: await answeredByPerson(trx, talk.accountId, talk.id, trigger),
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
