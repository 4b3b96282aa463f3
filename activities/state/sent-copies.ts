// Copies for Sent that are owed: noted with the end of the send, settled when they are filed.

import { sql } from 'kysely'
import type { MailLocation } from '../../channels/channel.ts'
import { type Database, inTransaction } from '../../db/client.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import { type WrittenMessage, writtenIn, writtenMessages } from './written-messages.ts'

export interface OwedCopy {
  /** With the Message-ID that it left with. */
  message: WrittenMessage
  composedAt: Date
}

/** The oldest copy that is due, which until then is nobody else's to file. */
export async function claimOwedCopy(
  db: Database,
  { accountId, inboxId }: InboxRef,
  now: Date,
  until: Date,
): Promise<OwedCopy | undefined> {
  const { rows } = await sql<{ message_id: number; source_id: string; composed_at: Date }>`
    update send_attempts set copy_due_at = ${until}
    where account_id = ${accountId} and id = (
      select a.id from send_attempts a
      join messages m on m.account_id = a.account_id and m.id = a.message_id
      where a.account_id = ${accountId} and a.copy_due_at <= ${now} and m.inbox_id = ${inboxId}
      order by a.id limit 1 for update of a skip locked)
    returning message_id, source_id, composed_at`.execute(db)
  const [claimed] = rows
  if (!claimed) return undefined
  const row = await writtenMessages(db, accountId)
    .where('message.id', '=', claimed.message_id)
    .executeTakeFirst()
  if (!row) return undefined
  const message = { ...writtenIn(row), sourceId: claimed.source_id }
  return { message, composedAt: claimed.composed_at }
}

/** No copy is owed any more. Where it lies is a place of the message, so that no sync stores it. */
export async function settleCopy(
  db: Database,
  { accountId, inboxId }: InboxRef,
  messageId: number,
  location: MailLocation | undefined,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable('send_attempts')
      .set({ copy_due_at: null })
      .where('account_id', '=', accountId)
      .where('message_id', '=', messageId)
      .where('copy_due_at', 'is not', null)
      .execute()
    if (!location) return
    const { folder, uidValidity, uid } = location
    await sql`
      insert into message_locations (account_id, inbox_id, folder, uidvalidity, uid, message_id)
      values (${accountId}, ${inboxId}, ${folder}, ${String(uidValidity)}::bigint, ${uid},
        ${messageId})
      on conflict do nothing`.execute(trx)
  })
}
