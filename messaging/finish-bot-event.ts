// How a delivery to the bot went, on the event and on the receipt of the action that asked for it.

import { sql } from 'kysely'
import { type Database, inTransaction, type Trx } from '../db/client.ts'

interface BotEventAt {
  accountId: number
  eventId: string
}

export interface BotEventResult extends BotEventAt {
  /** `pending`: this try failed, another follows. */
  status: 'delivered' | 'pending'
  responseStatus: number | null
  evidence: string | null
  now: Date
  /** A bot that was told has until then to answer. */
  answerBy: Date
}

export function finishBotEvent(db: Database, result: BotEventResult): Promise<void> {
  return inTransaction(db, async (trx) => {
    const { accountId, eventId, status } = result
    const row = await trx
      .updateTable('bot_events')
      .set({
        tries: sql<number>`tries + 1`,
        response_status: result.responseStatus,
        evidence: result.evidence,
        ...(status === 'delivered' ? { delivered_at: result.now } : {}),
      })
      .where('account_id', '=', accountId)
      .where('id', '=', eventId)
      .where('status', '=', 'pending')
      .returning('id')
      .executeTakeFirst()
    if (!row || status === 'pending') return
    await settleBotEvent(trx, accountId, eventId, status)
    await expectAnswer(trx, result)
  })
}

/** No try is left. The bot may have heard all the same, so it has as long to answer. */
export function giveUpBotEvent(
  db: Database,
  event: BotEventAt & { answerBy: Date },
): Promise<void> {
  return inTransaction(db, async (trx) => {
    const { accountId, eventId } = event
    const given = await settleBotEvent(trx, accountId, eventId, 'failed', 'bot_unreachable')
    if (given) await expectAnswer(trx, event)
  })
}

/** A later event tells all that earlier ones told: it alone is waited for. */
async function expectAnswer(
  trx: Trx,
  { accountId, eventId, answerBy }: BotEventAt & { answerBy: Date },
): Promise<void> {
  const { conversation_id, run_id } = await trx
    .updateTable('bot_events')
    .set({ answer_by: answerBy })
    .where('account_id', '=', accountId)
    .where('id', '=', eventId)
    .returning(['conversation_id', 'run_id'])
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('bot_events')
    .set({ answer_by: null })
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversation_id)
    .where('answer_by', 'is not', null)
    .where('run_id', '<', run_id)
    .execute()
}

/** False when it was settled before; the first end counts. */
export async function settleBotEvent(
  trx: Trx,
  accountId: number,
  eventId: string,
  status: 'delivered' | 'failed' | 'skipped',
  reason: string | null = null,
): Promise<boolean> {
  const row = await trx
    .updateTable('bot_events')
    .set({ status })
    .where('account_id', '=', accountId)
    .where('id', '=', eventId)
    .where('status', '=', 'pending')
    .returning(['run_id', 'step'])
    .executeTakeFirst()
  if (!row) return false
  await trx
    .updateTable('action_receipts')
    .set({
      outcome: status === 'delivered' ? 'done' : status,
      reason,
      updated_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where('run_id', '=', row.run_id)
    .where('step', '=', row.step)
    // Asked by an automation, it is not the receipt that began the automation.
    .where('action', '=', 'deliver_to_claudia')
    .execute()
  return true
}
