// ClaudIA cannot answer: the conversation is handed to people, with the reason on record.

import { sql } from 'kysely'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { settleBotEvent } from './finish-bot-event.ts'
import { readTalk } from './read-talk.ts'
import { saveState } from './save-state.ts'

export interface HandOver {
  accountId: number
  conversationId: number
  /** The delivery that nobody answered. */
  eventId?: string | undefined
  reason: string
  now: Date
}

/** False when somebody, the bot included, has answered since the delivery was asked for. */
export function openForPeople(db: Database, over: HandOver): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const { accountId, conversationId, eventId, reason } = over
    if (eventId !== undefined) {
      await settleBotEvent(trx, accountId, eventId, 'failed', reason)
      if (await answeredSince(trx, over, eventId)) return false
    }
    await openConversation(trx, accountId, conversationId, reason)
    return true
  })
}

/** Open and nobody's: what ClaudIA had, people see as unassigned. A resolved one stays resolved. */
export async function openConversation(
  trx: Trx,
  accountId: number,
  conversationId: number,
  reason: string,
): Promise<void> {
  const read = await readTalk(trx, accountId, conversationId, { lock: true })
  if (!read || read.state.status === 'resolved') return
  const { talk, state } = read
  await saveState(trx, talk, state, {
    ...state,
    status: 'open',
    snoozed_until: null,
    assignee_id: state.assignee_id === talk.claudiaId ? null : state.assignee_id,
    attention_reason: reason,
  })
}

async function answeredSince(trx: Trx, over: HandOver, eventId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from bot_events b join messages m
      on m.account_id = b.account_id and m.conversation_id = b.conversation_id
    where b.account_id = ${over.accountId} and b.id = ${eventId}::uuid
      and m.direction = 'outgoing' and not m.private and m.created_at > b.created_at
    limit 1`.execute(trx)
  return rows.length > 0
}
