// The system's hold: while history is imported, live messages wait for their automations.

import { sql } from 'kysely'
import { type Database, inTransaction } from '../db/client.ts'
import { ringOutbox } from '../db/outbox.ts'
import { addToTimeline } from '../db/timeline.ts'

/** False when it was held already; the hold's beginning stays. */
export function holdInbox(
  db: Database,
  accountId: number,
  inboxId: number,
  now: Date,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('inboxes')
      .set({ held_since: now, updated_at: sql<Date>`now()` })
      .where('account_id', '=', accountId)
      .where('id', '=', inboxId)
      .where('held_since', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (row) await addToTimeline(trx, { accountId, inboxId }, 'claudia_held')
    return row !== undefined
  })
}

/** The end of the import, which may also switch ClaudIA off; or a person, null when unknown. */
export type ReleasedBy = 'import_completed' | number | null

/** Frees what waited, each conversation in its order. False when the inbox was not held. */
export function releaseHold(
  db: Database,
  accountId: number,
  inboxId: number,
  { by }: { by: ReleasedBy },
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('inboxes')
      .set({
        held_since: null,
        ...(by === 'import_completed'
          ? {
              claudia: sql<'on' | 'off'>`
                case claudia_after_import when 'keep_off' then 'off' else claudia end`,
            }
          : {}),
        updated_at: sql<Date>`now()`,
      })
      .where('account_id', '=', accountId)
      .where('id', '=', inboxId)
      .where('held_since', 'is not', null)
      .returning('claudia')
      .executeTakeFirst()
    if (!row) return false
    // What was relayed when the hold began and is unfinished would otherwise wait for the next mail.
    await sql`
      update outbox o set relayed_at = null from conversations c
      where o.account_id = ${accountId} and o.inbox_id = ${inboxId} and o.topic = 'conversation'
        and o.relayed_at is not null and c.account_id = o.account_id and c.id = o.conversation_id
        and (o.seq > c.handled_seq or (o.seq = c.handled_seq and exists (
          select from bot_events b where b.account_id = c.account_id
            and b.conversation_id = c.id and (b.status = 'pending' or b.answer_by is not null))))`.execute(
      trx,
    )
    await ringOutbox(trx)
    const completed = by === 'import_completed'
    const data = { by: completed ? by : 'person', claudia: row.claudia }
    await addToTimeline(
      trx,
      { accountId, inboxId },
      'claudia_released',
      data,
      completed ? null : by,
    )
    return true
  })
}
