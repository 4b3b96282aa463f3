// An account that keeps its conversations for a while only.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expireConversations, listKeepingInboxes } from '../../messaging/expire-conversations.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { daysAgo, mail, now, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

test('only accounts that say so lose conversations, and no re-scan brings them back', async () => {
  const [room, other] = [await openMailroom(database.db), await openMailroom(database.db)]
  const mails = [
    mail({ id: 'old@x', at: daysAgo(100) }),
    mail({ id: 'new@x', at: daysAgo(3), from: 'bia@x.test' }),
    mail({ id: 'goes on@x', at: daysAgo(100), from: 'caio@x.test' }),
    mail({ id: 'today@x', at: now, from: 'caio@x.test', replyTo: ['goes on@x'] }),
  ]
  await room.history(mails)
  await other.history(mails)
  await sql`update accounts set conversation_retention_days = 90 where id = ${room.accountId}`.execute(
    database.db,
  )
  expect(await listKeepingInboxes(database.db)).toEqual([
    { accountId: room.accountId, inboxId: room.inboxId, days: 90 },
  ])
  const [inbox] = await listKeepingInboxes(database.db)
  const expired = await expireConversations(database.db, inbox!, now)
  expect(expired).toEqual({ conversations: 1, messages: 1, more: false })
  const left = (await room.messages()).map(({ source_id }) => source_id)
  expect(left.sort()).toEqual(['goes on@x', 'new@x', 'today@x'])
  await room.history(mails)
  expect(await room.messages()).toHaveLength(3)
  expect(await other.messages()).toHaveLength(4)
  const [entry] = await database.db
    .selectFrom('timeline')
    .select('data')
    .where('account_id', '=', room.accountId)
    .where('kind', '=', 'conversations_expired')
    .execute()
  expect(entry!.data).toEqual({ conversations: 1, messages: 1, days: 90 })
})

test('a conversation with an answer that has not gone out yet stays', async () => {
  const room = await openMailroom(database.db)
  await room.history([mail({ id: 'asks@x', at: daysAgo(100) })])
  const [conversation] = await room.conversations()
  await queueOutgoing(database.db, {
    accountId: room.accountId,
    conversationId: conversation!.id,
    userId: room.admin.id,
    content: 'late, but it comes',
  })
  await sql`update conversations set last_message_at = ${daysAgo(100)} where id = ${conversation!.id}`.execute(
    database.db,
  )
  expect(await expireConversations(database.db, { ...room, days: 90 }, now)).toMatchObject({
    conversations: 0,
  })
})
