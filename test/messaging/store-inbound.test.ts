import { afterAll, beforeAll, expect, test } from 'vitest'
import { FenceLost, takeFence } from '../../db/channel-cursors.ts'
import { applyStatus } from '../../messaging/apply-status.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { storeInbound } from '../../messaging/store-inbound.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { daysAgo, mail, minutesAgo, now, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

test('a new conversation is announced before its messages, each in the order it came', async () => {
  const room = await openMailroom(database.db)
  const first = mail()
  const second = mail({ replyTo: [first.sourceId!] })
  expect(await room.live([first, second])).toEqual({ live: 2, late: 0, history: 0, known: 0 })
  const events = (await room.outbox()).map(({ event, seq }) => [event, seq])
  expect(events).toEqual([
    ['conversation_created', 1],
    ['message_created', 2],
    ['message_created', 3],
  ])
  expect((await room.messages()).map(({ seq, status }) => [seq, status])).toEqual([
    [2, 'received'],
    [3, 'received'],
  ])
  expect(await room.conversations()).toMatchObject([
    { last_seq: 3, handled_seq: 0, status: 'open' },
  ])
})

test('pages that come twice, overlap or arrive reordered store each mail once', async () => {
  const room = await openMailroom(database.db)
  const mails = Array.from({ length: 9 }, () => mail())
  const [a, b, c] = [mails.slice(0, 5), mails.slice(3, 9), mails.toReversed()]
  await Promise.all([room.live(b!), room.live(a!), room.live(c!), room.live(b!)])
  expect(await room.count('messages')).toBe(9)
  expect(await room.count('outbox', "event = 'message_created'")).toBe(9)
  expect(await room.live(mails)).toMatchObject({ live: 0, known: 9 })
})

test('a live mail opens a resolved conversation again and tells the agent who has it', async () => {
  const { db } = database
  const room = await openMailroom(db)
  const first = mail()
  await room.live([first])
  await db
    .updateTable('conversations')
    .set({ status: 'resolved', assignee_id: room.admin.id })
    .where('account_id', '=', room.accountId)
    .execute()
  await room.live([mail({ replyTo: [first.sourceId!] })])
  expect(await room.conversations()).toMatchObject([{ status: 'open' }])
  const events = (await room.outbox()).map(({ event }) => event)
  expect(events.slice(2)).toEqual(['conversation_opened', 'message_created'])
  expect(await room.count('notifications', `user_id = ${room.admin.id}`)).toBe(1)
})

test('late mail is open for people and wakes nothing', async () => {
  const room = await openMailroom(database.db)
  expect(await room.live([mail({ at: daysAgo(400) })], 'late')).toMatchObject({ late: 1, live: 0 })
  expect(await room.outbox()).toEqual([])
  expect(await room.conversations()).toMatchObject([
    { status: 'open', attention_reason: 'late', last_seq: 0 },
  ])
  expect(await room.messages()).toMatchObject([{ origin: 'late', seq: null }])
})

test('history that turns up as live is promoted once', async () => {
  const room = await openMailroom(database.db)
  const message = mail()
  await room.history([message])
  const again = { ...message, location: { folder: 'INBOX', uidValidity: 8n, uid: 3 } }
  const third = { ...message, location: { folder: 'INBOX', uidValidity: 9n, uid: 3 } }
  const results = await Promise.all([room.live([again]), room.live([again]), room.live([third])])
  expect(results.map(({ live }) => live).sort()).toEqual([0, 0, 1])
  // The import was only quicker: to the rules this conversation is as new as its message.
  expect((await room.outbox()).map(({ event, seq }) => [event, seq])).toEqual([
    ['conversation_created', 1],
    ['message_created', 2],
  ])
  expect(await room.messages()).toMatchObject([{ origin: 'live', seq: 2 }])
  expect(await room.count('message_locations')).toBe(3)
})

test('history that turns up as live makes no conversation new that holds other history', async () => {
  const room = await openMailroom(database.db)
  const first = mail()
  const answer = mail({ replyTo: [first.sourceId!] })
  await room.history([first, answer])
  await room.live([{ ...answer, location: { folder: 'INBOX', uidValidity: 8n, uid: 3 } }])
  expect((await room.outbox()).map(({ event, seq }) => [event, seq])).toEqual([
    ['message_created', 1],
  ])
})

test('an attempt that lost its fence stores nothing; the cursor commits with its page', async () => {
  const { db } = database
  const room = await openMailroom(db)
  const key = { ...room, folder: 'INBOX', kind: 'live' as const }
  const zombie = await takeFence(db, key)
  const owner = await takeFence(db, key)
  const store = (fence: number) =>
    storeInbound(
      db,
      { ...room, folder: 'INBOX', fence, nextCursor: { uid: 4 }, now, arrivalOf: () => 'live' },
      { messages: [mail()], poison: [] },
    )
  await expect(store(zombie.fence)).rejects.toThrow(FenceLost)
  expect(await room.count('messages')).toBe(0)
  expect(await room.outbox()).toEqual([])
  await store(owner.fence)
  expect((await takeFence(db, key)).cursor).toEqual({ uid: 4 })
})

test('our own mail found in Sent only gets its place, and settles what was unconfirmed', async () => {
  const { db } = database
  const room = await openMailroom(db)
  await room.live([mail()])
  const [conversation] = await room.conversations()
  const { accountId } = room
  const { messageId, sourceId } = await queueOutgoing(db, {
    accountId,
    conversationId: conversation!.id,
    userId: room.admin.id,
    content: 'Resposta',
  })
  await applyStatus(db, accountId, messageId, 'transmitting')
  await applyStatus(db, accountId, messageId, 'unconfirmed', { code: 'lost' })
  const sent = mail({ id: sourceId!, outgoing: true })
  expect(await room.live([sent])).toMatchObject({ known: 1, live: 0 })
  const own = (await room.messages()).find(({ id }) => id === messageId)
  expect(own).toMatchObject({ status: 'sent', external_id: sent.externalId, error_code: null })
  expect(await room.count('messages')).toBe(2)
  const reply = mail({ replyTo: [sourceId!] })
  await room.live([reply])
  expect(await room.conversations()).toHaveLength(1)
})

test("a stranger's mail with the Message-ID of ours is another message", async () => {
  const { db } = database
  const room = await openMailroom(db)
  await room.live([mail()])
  const [conversation] = await room.conversations()
  const { sourceId } = await queueOutgoing(db, {
    accountId: room.accountId,
    conversationId: conversation!.id,
    userId: room.admin.id,
    content: 'Resposta',
  })
  expect(await room.live([mail({ id: sourceId!, externalId: 'forged' })])).toMatchObject({
    live: 1,
  })
  expect(await room.count('messages')).toBe(3)
})

test('our From and Message-ID in a mail to us settle nothing, and other words are another message', async () => {
  const { db } = database
  const room = await openMailroom(db)
  await room.live([mail()])
  const [conversation] = await room.conversations()
  const { accountId } = room
  const about = { accountId, conversationId: conversation!.id, userId: room.admin.id }
  const { messageId, sourceId } = await queueOutgoing(db, { ...about, content: 'Resposta' })
  await applyStatus(db, accountId, messageId, 'transmitting')
  await applyStatus(db, accountId, messageId, 'unconfirmed')
  const claimed = { id: sourceId!, outgoing: true, claimed: true }
  await room.live([mail({ ...claimed, text: 'Resposta', externalId: 'our copy' })])
  expect(await room.count('messages')).toBe(2)
  await room.live([mail({ ...claimed, text: 'Pague aqui', externalId: 'forged' })])
  const messages = await room.messages()
  expect(messages.find(({ id }) => id === messageId)!.status).toBe('unconfirmed')
  expect(messages.find(({ external_id }) => external_id === 'forged')).toMatchObject({
    content_attributes: { shared_message_id: true },
  })
})

test('two mails of one Message-ID are two messages, the later one flagged, in one page or two', async () => {
  const room = await openMailroom(database.db)
  const id = 'same@example.test'
  await room.live([mail({ id, externalId: 'a' }), mail({ id, externalId: 'b' })])
  await room.live([mail({ id, externalId: 'c' })])
  const flags = new Map(
    (await room.messages()).map((row) => [
      row.external_id,
      'shared_message_id' in (row.content_attributes as object),
    ]),
  )
  expect(Object.fromEntries(flags)).toEqual({ a: false, b: true, c: true })
})

test('what a person wrote in another program is mirrored and wakes nothing', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail({ outgoing: true })])
  expect(await room.messages()).toMatchObject([{ origin: 'echo', seq: null, status: 'sent' }])
  expect(await room.outbox()).toEqual([])
})

test('a live page and a history page at the same time keep a thread in one conversation', async () => {
  const room = await openMailroom(database.db)
  const parents = Array.from({ length: 20 }, () => mail({ at: daysAgo(2) }))
  const replies = parents.map(({ sourceId }) => mail({ replyTo: [sourceId!], at: minutesAgo(2) }))
  await Promise.all([room.history(parents), room.live(replies)])
  const rows = await room.conversations()
  expect(rows.map((row) => row.message_count)).toEqual(Array(20).fill(2))
})

test('a page may name one person twice, once by a name that the other tells too', async () => {
  const room = await openMailroom(database.db)
  const user = { kind: 'whatsapp_user', value: 'BR.1' }
  const phone = { kind: 'phone', value: '+5511999999999', name: 'Ana', aliases: [user] }
  await room.live([
    { ...mail(), contact: phone },
    { ...mail(), contact: { ...user, name: 'Ana' } },
  ])
  expect(await room.count('messages')).toBe(2)
  expect(await room.count('contact_identities')).toBe(2)
})
