// Our own mail, met again in the mailbox's Sent folder: proof that it went out.

import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import { statusesBefore } from '../domain/message.ts'
import type { Sorted } from './known-messages.ts'
import { learnMessageIds } from './learn-message-ids.ts'

/** Gives what we sent its external id and settles what was unconfirmed. */
export async function settleOwn(
  trx: Trx,
  accountId: number,
  known: Sorted['known'],
): Promise<void> {
  const own = new Map(
    known
      .filter(({ as, message }) => as.origin === 'authored' && message.sentByAccount)
      .map(({ as, message }) => [
        as.messageId,
        { id: as.messageId, external_id: message.externalId, source_id: message.sourceId },
      ]),
  )
  if (own.size === 0) return
  await learnMessageIds(
    trx,
    accountId,
    [...own.values()].flatMap(({ id, source_id }) =>
      source_id === null ? [] : [{ messageId: id, sourceId: source_id }],
    ),
  )
  const page = recordset([...own.values()], 'id bigint, external_id text')
  await sql`
    update messages m set external_id = row.external_id from ${page}
    where m.account_id = ${accountId} and m.id = any(${[...own.keys()]}::bigint[])
      and m.id = row.id and m.external_id is null
      and not exists (
        select from messages o where o.inbox_id = m.inbox_id and o.external_id = row.external_id
      )`.execute(trx)
  const settled = await trx
    .updateTable('messages')
    .set({ status: 'sent', error_code: null, error_evidence: null, updated_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', 'in', [...own.keys()])
    .where('status', 'in', statusesBefore('sent'))
    .returning(['id', 'conversation_id', 'inbox_id'])
    .execute()
  await addAccountEvents(
    trx,
    accountId,
    settled.map(({ id, conversation_id, inbox_id }) => ({
      kind: 'message.updated',
      data: { message_id: id, conversation_id, inbox_id, status: 'sent' },
    })),
  )
}
