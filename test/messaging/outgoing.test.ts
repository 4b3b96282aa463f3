import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyStatus } from '../../messaging/apply-status.ts'
import { ConversationNotFound, queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { resendMessage } from '../../messaging/resend-message.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { mail, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

async function talk() {
  const room = await openMailroom(database.db)
  await room.live([mail()])
  const [conversation] = await room.conversations()
  const { accountId, admin } = room
  const about = { accountId, conversationId: conversation!.id, userId: admin.id }
  return { room, about }
}

test('messages queued at once get their places in one order and Message-IDs of their own', async () => {
  const { room, about } = await talk()
  const queued = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      queueOutgoing(database.db, { ...about, content: `${at}` }),
    ),
  )
  expect(queued.map(({ seq }) => seq).sort((a, b) => a! - b!)).toEqual(
    Array.from({ length: 10 }, (_, at) => at + 3),
  )
  expect(new Set(queued.map(({ sourceId }) => sourceId)).size).toBe(10)
  expect(await room.count('outbox', "topic = 'send'")).toBe(10)
  expect(await room.count('messages', "status = 'queued'")).toBe(10)
})

test('an answer is an event for rules only where an active one may be about it', async () => {
  const { room, about } = await talk()
  const events = () => room.count('outbox', "topic = 'conversation' and event = 'message_created'")
  const before = await events()
  await queueOutgoing(database.db, { ...about, content: 'no rule is about answers' })
  expect(await events()).toBe(before)
  await database.db
    .insertInto('automation_rules')
    .values({
      account_id: room.accountId,
      name: 'Mark answers',
      event: 'message_created',
      conditions: { attribute: 'content', operator: 'contains', values: ['refund'] },
      actions: [{ action: 'add_label', labels: ['answered'] }],
    })
    .execute()
  await queueOutgoing(database.db, { ...about, content: 'a refund' })
  expect(await events()).toBe(before + 1)
  await queueOutgoing(database.db, { ...about, content: 'a refund by a robot', automatic: true })
  expect(await events()).toBe(before + 1)
})

test('a private note is stored and never sent', async () => {
  const { room, about } = await talk()
  const before = await room.outbox()
  const { seq, sourceId } = await queueOutgoing(database.db, {
    ...about,
    content: 'só nós',
    private: true,
  })
  expect([seq, sourceId]).toEqual([null, null])
  expect(await room.outbox()).toEqual(before)
  expect(await room.count('messages', "private and status = 'sent'")).toBe(1)
})

test("another account's conversation cannot be written to", async () => {
  const { about } = await talk()
  const foreign = await talk()
  const queueing = queueOutgoing(database.db, {
    ...about,
    conversationId: foreign.about.conversationId,
    content: 'x',
  })
  await expect(queueing).rejects.toThrow(ConversationNotFound)
})

test('statuses never go backwards, and only news is told', async () => {
  const { room, about } = await talk()
  const { db } = database
  const { messageId } = await queueOutgoing(db, { ...about, content: 'x' })
  const apply = (status: Parameters<typeof applyStatus>[3]) =>
    applyStatus(db, about.accountId, messageId, status)
  const events = await room.count('account_events')
  expect(await apply('transmitting')).toBe(true)
  expect(await apply('read')).toBe(true)
  expect(await apply('sent')).toBe(false)
  expect(await apply('delivered')).toBe(false)
  expect(await room.count('messages', "status = 'read'")).toBe(1)
  expect((await room.count('account_events')) - events).toBe(2)
})

test('only what failed or may not have gone out is sent again, once, with the same Message-ID', async () => {
  const { room, about } = await talk()
  const { db } = database
  const { messageId, sourceId } = await queueOutgoing(db, { ...about, content: 'x' })
  expect(await resendMessage(db, about.accountId, messageId)).toBe(false)
  await applyStatus(db, about.accountId, messageId, 'failed', { code: 'refused' })
  const tries = await Promise.all(
    [1, 2, 3].map(() => resendMessage(db, about.accountId, messageId)),
  )
  expect(tries.filter(Boolean)).toHaveLength(1)
  expect(await room.count('outbox', "topic = 'send'")).toBe(2)
  const row = (await room.messages()).find(({ id }) => id === messageId)
  expect(row).toMatchObject({ status: 'queued', source_id: sourceId, error_code: null })
})
