// The one way by which messages and conversations go away for good: with all that hangs on them, and
// hashes left behind so that the mailbox does not bring them back.

import { type RawBuilder, sql } from 'kysely'
import type { Trx } from '../db/client.ts'
import { releaseObjects } from '../db/stored-objects.ts'
import { buryMessages } from './tombstones.ts'

/** Whole conversations, whoever wrote in them. Returns how many messages they had. */
export async function deleteConversations(
  trx: Trx,
  accountId: number,
  ids: readonly number[],
): Promise<number> {
  const { rows: locked } = await sql<{ id: number }>`
    select id from conversations where account_id = ${accountId} and id = any(${ids}::bigint[])
    order by id for update`.execute(trx)
  const talks = locked.map(({ id }) => id)
  const { rows } = await sql<{ id: number }>`
    select id from messages
    where account_id = ${accountId} and conversation_id = any(${talks}::bigint[])`.execute(trx)
  const messages = rows.map(({ id }) => id)
  const ofTalk = sql`account_id = ${accountId} and conversation_id = any(${talks}::bigint[])`
  const runs = sql`select id from rule_runs where ${ofTalk}`
  await buryMessages(trx, accountId, messages)
  await runAll(trx, [
    sql`delete from bot_events where ${ofTalk}`,
    sql`delete from action_receipts where account_id = ${accountId} and run_id in (${runs})`,
    sql`delete from rule_runs where ${ofTalk}`,
    sql`delete from outbox where topic = 'conversation' and ${ofTalk}`,
    sql`delete from outbox where relayed_at is null and ${ofTalk}`,
    sql`delete from notifications where ${ofTalk}`,
    sql`delete from message_refs where ${ofTalk}`,
  ])
  await deleteRows(trx, accountId, messages)
  await runAll(trx, [
    sql`delete from conversations where account_id = ${accountId} and id = any(${talks}::bigint[])`,
  ])
  return messages.length
}

/** Single messages out of conversations that stay. */
export async function deleteMessages(
  trx: Trx,
  accountId: number,
  ids: readonly number[],
): Promise<void> {
  const { rows } = await sql<{ conversation_id: number }>`
    select distinct conversation_id from messages
    where account_id = ${accountId} and id = any(${ids}::bigint[])`.execute(trx)
  const talks = rows.map(({ conversation_id }) => conversation_id)
  await sql`
    select id from conversations where account_id = ${accountId} and id = any(${talks}::bigint[])
    order by id for update`.execute(trx)
  const ofTalk = sql`account_id = ${accountId} and conversation_id = any(${talks}::bigint[])`
  const ofMessage = sql`${ofTalk} and message_id = any(${ids}::bigint[])`
  const runs = sql`select id from rule_runs where ${ofMessage}`
  await buryMessages(trx, accountId, ids)
  await runAll(trx, [
    sql`delete from bot_events where ${ofTalk} and (message_id = any(${ids}::bigint[]) or run_id in (${runs}))`,
    sql`delete from action_receipts where account_id = ${accountId} and run_id in (${runs})`,
    sql`delete from rule_runs where ${ofMessage}`,
    sql`delete from outbox where topic = 'conversation' and ${ofMessage}`,
  ])
  await deleteRows(trx, accountId, ids)
  await sql`
    update conversations c set
      message_count = (select count(*) from messages m where m.conversation_id = c.id),
      updated_at = now()
    where c.account_id = ${accountId} and c.id = any(${talks}::bigint[])`.execute(trx)
}

async function deleteRows(trx: Trx, accountId: number, ids: readonly number[]): Promise<void> {
  const ofMessage = sql`account_id = ${accountId} and message_id = any(${ids}::bigint[])`
  const { rows: files } = await sql<{ storage_key: string | null }>`
    delete from attachments where ${ofMessage} returning storage_key`.execute(trx)
  await releaseObjects(
    trx,
    accountId,
    files.map(({ storage_key }) => storage_key),
  )
  await runAll(trx, [
    sql`delete from send_attempts where ${ofMessage}`,
    sql`delete from message_locations where ${ofMessage}`,
    // What was pushed holds the same words.
    sql`delete from inbound_deliveries d using messages m
      where m.account_id = ${accountId} and m.id = any(${ids}::bigint[])
        and d.account_id = m.account_id and d.inbox_id = m.inbox_id
        and d.external_id = m.external_id`,
    sql`delete from messages where account_id = ${accountId} and id = any(${ids}::bigint[])`,
  ])
}

async function runAll(trx: Trx, statements: readonly RawBuilder<unknown>[]): Promise<void> {
  for (const statement of statements) await statement.execute(trx)
}
