// What has served its time goes, in batches; what somebody still reads stays.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteExpired, EXPIRING, type Expiring } from '../../db/expired-rows.ts'
import { handleConversation } from '../../messaging/handle-conversation.ts'
import { daysAgo, mail, now, openMailroom } from '../messaging/mailroom.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const expire = async (table: Expiring, limit = 100) =>
  deleteExpired(database.db, table, { now, limit })
type Room = Awaited<ReturnType<typeof openMailroom>>
const age = (room: Room, table: string, column: string, days: number, where = 'true') =>
  sql`update ${sql.table(table)} set ${sql.ref(column)} = ${daysAgo(days)}
    where account_id = ${room.accountId} and ${sql.raw(where)}`.execute(database.db)

test('a wake stays until it was relayed, a week has passed and the conversation has read it', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail({ id: 'a@x' }), mail({ id: 'b@x', from: 'bia@x.test' })])
  const [read, unread] = await room.conversations()
  await age(room, 'outbox', 'created_at', 30)
  expect(await expire('outbox')).toBe(0)
  await age(room, 'outbox', 'relayed_at', 8)
  expect(await expire('outbox')).toBe(0)
  await handleConversation(database.db, { ...room, conversationId: read!.id, now })
  await age(room, 'outbox', 'relayed_at', 8)
  expect(await expire('outbox')).toBeGreaterThan(0)
  const left = await room.outbox()
  expect(new Set(left.map(({ conversation_id }) => conversation_id))).toEqual(new Set([unread!.id]))
  await handleConversation(database.db, { ...room, conversationId: unread!.id, now })
  await age(room, 'outbox', 'relayed_at', 6)
  expect(await expire('outbox')).toBe(0)
})

test('runs go with receipts and bot events, except what keeps a rule from acting twice', async () => {
  const room = await openMailroom(database.db)
  await sql`update automation_rules set once_per_conversation = (id % 2 = 0)
    where account_id = ${room.accountId}`.execute(database.db)
  await room.live([mail({})])
  const [conversation] = await room.conversations()
  await handleConversation(database.db, { ...room, conversationId: conversation!.id, now })
  const before = await room.count('rule_runs')
  expect(before).toBeGreaterThan(1)
  await age(room, 'bot_events', 'created_at', 200)
  await age(room, 'action_receipts', 'updated_at', 200)
  await age(room, 'rule_runs', 'started_at', 200)
  // Whoever is still to be told is not forgotten.
  expect(await expire('bot_events')).toBe(0)
  await sql`update bot_events set status = 'delivered' where account_id = ${room.accountId}`.execute(
    database.db,
  )
  await sql`update action_receipts set outcome = 'done' where account_id = ${room.accountId}`.execute(
    database.db,
  )
  for (const table of EXPIRING) await expire(table)
  expect(await room.count('bot_events')).toBe(0)
  expect(await room.count('action_receipts')).toBe(0)
  const { rows: left } = await sql<{ once: boolean }>`
    select r.once_per_conversation as once from rule_runs u
    join automation_rules r on r.account_id = u.account_id and r.id = u.rule_id
    where u.account_id = ${room.accountId}`.execute(database.db)
  expect(left.length).toBeGreaterThan(0)
  expect(left.length).toBeLessThan(before)
  expect(left.every(({ once }) => once)).toBe(true)
})

test('batches are bounded, and the last one is smaller', async () => {
  const room = await openMailroom(database.db)
  await sql`
    insert into account_events (account_id, kind, data, created_at)
    select ${room.accountId}, 'x', '{}', case when n <= 25 then ${daysAgo(31)}::timestamptz
      else ${daysAgo(29)}::timestamptz end
    from generate_series(1, 30) n`.execute(database.db)
  const counts = [
    await expire('account_events', 10),
    await expire('account_events', 10),
    await expire('account_events', 10),
  ]
  expect(counts).toEqual([10, 10, 5])
  expect(await room.count('account_events', "kind = 'x'")).toBe(5)
})

test('forms that nobody finished and replies of last week are not kept', async () => {
  const room = await openMailroom(database.db)
  await sql`delete from connect_drafts`.execute(database.db)
  await sql`insert into connect_drafts (account_id, key_id, ciphertext, expires_at)
    values (${room.accountId}, 'k', '', ${daysAgo(1)}), (${room.accountId}, 'k', '', ${now}::timestamptz + interval '1 hour')
  `.execute(database.db)
  expect(await expire('connect_drafts')).toBe(1)
  await sql`insert into idempotency_keys (account_id, key, method, path, body_hash, created_at, response_status)
    values (${room.accountId}, 'old', 'POST', '/', '', ${daysAgo(8)}, 201),
      (${room.accountId}, 'new', 'POST', '/', '', ${daysAgo(6)}, 201)`.execute(database.db)
  expect(await expire('idempotency_keys')).toBe(1)
  expect(await room.count('idempotency_keys', "key = 'new'")).toBe(1)
})

test('limits that nobody has come near for a day are forgotten', async () => {
  const { db } = database
  await sql`insert into token_buckets (key, tokens, refilled_at)
    values ('old', 0, ${daysAgo(2)}), ('new', 0, ${now})`.execute(db)
  expect(await expire('token_buckets')).toBe(1)
  const left = await db.selectFrom('token_buckets').select('key').execute()
  expect(left).toEqual([{ key: 'new' }])
})
