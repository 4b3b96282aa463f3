// ClaudIA cannot answer: the conversation is handed to people, with the reason on record.

import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { CLAUDIA, findUserByKey } from '../db/users.ts'
import { settleBotEvent } from './finish-bot-event.ts'

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
  const claudia = await findUserByKey(trx, accountId, CLAUDIA)
  const row = await trx
    .updateTable('conversations')
    .set({
      status: 'open',
      snoozed_until: null,
      assignee_id: sql<number | null>`nullif(assignee_id, ${claudia?.id ?? null}::bigint)`,
      attention_reason: reason,
      updated_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', conversationId)
    .where('status', '<>', 'resolved')
    .returning('inbox_id')
    .executeTakeFirst()
  if (!row) return
  const data = { inbox_id: row.inbox_id, conversation_id: conversationId }
  await addAccountEvents(trx, accountId, [{ kind: 'conversation.updated', data }])
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
