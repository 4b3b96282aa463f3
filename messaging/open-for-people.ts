// ClaudIA cannot answer, or does not: the conversation is handed to people, the reason on record.

import { sql } from 'kysely'
import type { Trx } from '../db/client.ts'
import { readTalk } from './read-talk.ts'
import type { RunContext } from './rule-runs.ts'
import { saveState } from './save-state.ts'
import type { ConversationState, Talk } from './trigger-facts.ts'

export async function openConversation(
  trx: Trx,
  accountId: number,
  conversationId: number,
  reason: string,
): Promise<void> {
  const read = await readTalk(trx, accountId, conversationId, { lock: true })
  if (!read) return
  const { talk, state } = read
  const before = structuredClone(state)
  handToPeople(talk, state, reason)
  await saveState(trx, talk, before, state)
}

/** What the bot was told, or could not be told, and did not answer in its time. */
export async function openUnanswered({ trx, talk, state, now }: RunContext): Promise<void> {
  const { accountId, id } = talk
  const { rows } = await sql<{ run_id: number; step: number; status: string; answered: boolean }>`
    update bot_events b set answer_by = null
    where account_id = ${accountId} and conversation_id = ${id} and answer_by <= ${now}
    returning b.run_id, b.step, b.status, exists (
      select 1 from messages m
      where m.account_id = b.account_id and m.conversation_id = b.conversation_id
        and m.direction = 'outgoing' and not m.private and m.created_at > b.created_at
        -- What a rule wrote meanwhile answers nothing.
        and (m.user_id is not null or m.content_attributes->>'automatic' is null)) as answered
    `.execute(trx)
  for (const { run_id, step, status, answered } of rows) {
    if (answered || isWithPeople(talk, state)) continue
    const wasTold = status === 'delivered'
    const reason = wasTold ? 'bot_silent' : 'bot_unreachable'
    handToPeople(talk, state, reason)
    await trx
      .updateTable('action_receipts')
      .set({ reason, updated_at: now })
      .where('account_id', '=', accountId)
      .where('run_id', '=', run_id)
      .where('step', '=', step)
      .where('action', '=', 'deliver_to_claudia')
      .execute()
  }
}

/** The bot handed it over, or somebody took it; nobody has to be asked. */
function isWithPeople({ claudiaId }: Talk, { status, assignee_id }: ConversationState): boolean {
  return status === 'open' && assignee_id !== claudiaId
}

/** Open and nobody's: what ClaudIA had, people see as unassigned. A resolved one stays resolved. */
function handToPeople({ claudiaId }: Talk, state: ConversationState, reason: string): void {
  if (state.status === 'resolved') return
  state.status = 'open'
  state.snoozed_until = null
  if (state.assignee_id === claudiaId) state.assignee_id = null
  state.attention_reason = reason
}
