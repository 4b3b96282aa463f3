// Disconnecting with purge: every message, file, secret and conversation of the inbox is gone. Its
// row and timeline stay; being disconnected is final, so no re-scan brings anything back.

import { sql } from 'kysely'
import { type Database, inTransaction } from '../db/client.ts'
import { releaseObjects } from '../db/stored-objects.ts'
import { addToTimeline } from '../db/timeline.ts'
import type { Storage } from '../storage/storage.ts'
import type { InboxRef } from './message-rows.ts'
import { sweepFiles } from './sweep-files.ts'

/**
 * May be repeated after a crash. Contacts without any conversation left go too, and the bytes of
 * files within the hour.
 */
export async function eraseInbox(db: Database, storage: Storage, ref: InboxRef): Promise<void> {
  const { accountId, inboxId } = ref
  await inTransaction(db, async (trx) => {
    const { rows: contacts } = await sql<{ contact_id: number }>`
      select distinct contact_id from conversations
      where account_id = ${accountId} and inbox_id = ${inboxId}`.execute(trx)
    const ids = contacts.map(({ contact_id }) => contact_id)
    const own = sql`select id from messages where account_id = ${accountId} and inbox_id = ${inboxId}`
    const { rows: files } = await sql<{ storage_key: string | null }>`
      delete from attachments where account_id = ${accountId} and message_id in (${own})
      returning storage_key`.execute(trx)
    const talks = sql`
      select id from conversations where account_id = ${accountId} and inbox_id = ${inboxId}`
    const runs = sql`
      select id from rule_runs where account_id = ${accountId} and conversation_id in (${talks})`
    for (const statement of [
      sql`delete from bot_events where account_id = ${accountId} and conversation_id in (${talks})`,
      sql`delete from action_receipts where account_id = ${accountId} and run_id in (${runs})`,
      sql`delete from rule_runs where account_id = ${accountId} and conversation_id in (${talks})`,
      sql`delete from send_attempts where account_id = ${accountId} and message_id in (${own})`,
      sql`delete from message_locations where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from message_refs where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from notifications where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from outbox where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from messages where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from conversations where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from message_templates where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from inbound_deliveries where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from account_updates where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from phone_shares where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from receivers where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from waiting_changes where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from visitor_feeds where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from widget_sessions where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from widget_sightings where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from quarantine where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from channel_cursors where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from connect_drafts where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`delete from credentials where account_id = ${accountId} and inbox_id = ${inboxId}`,
      sql`
        delete from contact_identities where account_id = ${accountId}
          and contact_id = any(${ids}::bigint[]) and not exists (
            select from conversations c where c.account_id = contact_identities.account_id
              and c.contact_id = contact_identities.contact_id)`,
      sql`
        delete from contacts where account_id = ${accountId} and id = any(${ids}::bigint[])
          and not exists (select from conversations c where c.account_id = contacts.account_id
            and c.contact_id = contacts.id)
          and not exists (select from messages m where m.account_id = contacts.account_id
            and m.contact_id = contacts.id)`,
    ]) {
      await statement.execute(trx)
    }
    await releaseObjects(
      trx,
      accountId,
      files.map(({ storage_key }) => storage_key),
    )
    await addToTimeline(trx, ref, 'inbox_erased', { conversations: contacts.length })
  })
  await sweepFiles(db, storage, { accountId })
}
