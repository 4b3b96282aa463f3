// What a provider told us that we sent, stored before we knew that it was a message of ours.

import { sql } from 'kysely'
import type { Trx } from '../db/client.ts'
import { releaseObjects } from '../db/stored-objects.ts'
import { lockStoring } from './known-messages.ts'
import type { InboxRef } from './message-rows.ts'

/** Removes the echo of this id, so that our own message may bear it; none can come meanwhile. */
export async function absorbEcho(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  externalId: string,
): Promise<void> {
  await lockStoring(trx, inboxId)
  const echo = await trx
    .selectFrom('messages')
    .select(['id', 'conversation_id'])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('external_id', '=', externalId)
    .where('origin', '=', 'echo')
    .executeTakeFirst()
  if (!echo) return
  const files = await trx
    .deleteFrom('attachments')
    .where('account_id', '=', accountId)
    .where('message_id', '=', echo.id)
    .returning('storage_key')
    .execute()
  await releaseObjects(
    trx,
    accountId,
    files.map(({ storage_key }) => storage_key),
  )
  await trx
    .deleteFrom('messages')
    .where('account_id', '=', accountId)
    .where('id', '=', echo.id)
    .execute()
  await sql`
    update conversations set message_count = message_count - 1, updated_at = now()
    where account_id = ${accountId} and id = ${echo.conversation_id}`.execute(trx)
}
