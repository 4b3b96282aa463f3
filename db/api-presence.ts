// Since when no API took what providers push, and the inboxes that then have to be asked for.

import { sql } from 'kysely'
import type { ChannelType } from '../domain/inbox.ts'
import type { Trx } from './client.ts'
import { ringOutbox } from './outbox.ts'

/** When an API last noted that it serves; null: never. Of several at once one hears the old time. */
export async function noteServing(trx: Trx, now: Date): Promise<Date | null> {
  const before = await trx
    .selectFrom('api_presence')
    .select('served_at')
    .forUpdate()
    .executeTakeFirst()
  await trx
    .insertInto('api_presence')
    .values({ served_at: now })
    .onConflict((conflict) => conflict.column('one').doUpdateSet({ served_at: now }))
    .execute()
  return before?.served_at ?? null
}

/** Every inbox of these channels is to look at its provider for what was missed. */
export async function askMissed(trx: Trx, channels: readonly ChannelType[]): Promise<void> {
  await sql`
    insert into outbox (account_id, topic, inbox_id, event)
    select account_id, 'inbox', id, 'missed' from inboxes
    where phase in ('importing', 'active') and channel = any(${channels}::text[])`.execute(trx)
  await ringOutbox(trx)
}
