// Which mails become one conversation.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../db/client.ts'
import { learnMessageIds } from '../../messaging/learn-message-ids.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { daysAgo, type Mailroom, mail, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

/** The texts of each conversation, oldest mail first. */
async function conversationsIn(room: Mailroom): Promise<string[][]> {
  const byConversation = Map.groupBy(await room.messages(), (row) => row.conversation_id)
  return [...byConversation.values()].map((rows) => rows.map(({ content }) => content))
}

async function answer(room: Mailroom): Promise<{ messageId: number; sourceId: string }> {
  const [conversation] = await room.conversations()
  const queued = await queueOutgoing(database.db, {
    accountId: room.accountId,
    conversationId: conversation!.id,
    userId: room.admin.id,
    content: 'nossa',
  })
  return { messageId: queued.messageId, sourceId: queued.sourceId! }
}

/** A question, two answers to different mails of it, and the mail that ties them together. */
const torn = () => {
  const at = (days: number) => ({ at: daysAgo(days) })
  const question = mail({ text: 'a', ...at(40) })
  const between = mail({ text: 'b', replyTo: [question.sourceId!], ...at(39) })
  const first = mail({ text: 'c', replyTo: [question.sourceId!], ...at(38) })
  const second = mail({ text: 'd', replyTo: [between.sourceId!], ...at(37) })
  return { question, between, first, second }
}

test('an import joins conversations when the mail between them arrives last', async () => {
  const room = await openMailroom(database.db)
  const { question, between, first, second } = torn()
  await room.history([second])
  await room.history([first])
  expect(await room.conversations()).toHaveLength(2)
  await room.history([question, between])
  expect(await conversationsIn(room)).toEqual([['a', 'b', 'c', 'd']])
  const [conversation] = await room.conversations()
  expect(conversation).toMatchObject({ message_count: 4, status: 'resolved' })
  expect(conversation!.first_message_at).toEqual(daysAgo(40))
  expect(conversation!.last_message_at).toEqual(daysAgo(37))
  // The references moved too: what comes next finds the one that is left.
  await room.history([mail({ text: 'e', replyTo: [second.sourceId!], at: daysAgo(36) })])
  expect(await conversationsIn(room)).toEqual([['a', 'b', 'c', 'd', 'e']])
  expect(await room.count('account_events', `kind = 'conversation.merged'`)).toBe(1)
})

test('a conversation that somebody has touched is never joined to another', async () => {
  const room = await openMailroom(database.db)
  const { question, between, first, second } = torn()
  await room.history([second])
  await room.history([first])
  await database.db
    .updateTable('conversations')
    .set({ labels: ['vip'] })
    .where('account_id', '=', room.accountId)
    .execute()
  await room.history([between, question])
  expect((await conversationsIn(room)).map((texts) => texts.length).sort()).toEqual([1, 3])
})

test('what was imported joins the conversation that people work in', async () => {
  const room = await openMailroom(database.db)
  const { question, between, first, second } = torn()
  await room.history([first])
  await room.live([{ ...second, sentAt: daysAgo(0) }])
  const [, open] = await room.conversations()
  await room.history([question, between])
  const [only, ...others] = await room.conversations()
  expect(others).toEqual([])
  expect(only).toMatchObject({ id: open!.id, status: 'open', message_count: 4 })
})

test('live mail never rearranges conversations: it goes to the oldest it names', async () => {
  const room = await openMailroom(database.db)
  const { question, between, first, second } = torn()
  await room.live([second])
  await room.live([first])
  await room.live([between, question])
  expect((await room.conversations()).map(({ message_count }) => message_count)).toEqual([3, 1])
})

test('an answer that names the Message-ID a mail had before its provider replaced it', async () => {
  const room = await openMailroom(database.db)
  const replaced = { ...mail({ text: 'a' }), aliases: ['before@example.test'] }
  await room.history([mail({ text: 'b', replyTo: ['before@example.test'] })])
  await room.live([replaced, mail({ text: 'c', replyTo: [replaced.sourceId!] })])
  expect(await room.conversations()).toHaveLength(1)
})

test('an answer finds our mail by the Message-ID the provider gave it, and by ours', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail()])
  const { messageId, sourceId } = await answer(room)
  const learnt = [{ messageId, sourceId: 'theirs@prod.outlook.test' }]
  await inTransaction(database.db, (trx) => learnMessageIds(trx, room.accountId, learnt))
  await room.live([mail({ replyTo: ['theirs@prod.outlook.test'] }), mail({ replyTo: [sourceId] })])
  expect(await room.conversations()).toHaveLength(1)
  const ours = (await room.messages()).find(({ id }) => id === messageId)
  expect(ours!.source_id).toBe('theirs@prod.outlook.test')
})

test('the copy in Sent is known by the Message-ID we gave it, and tells the one it bears', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail()])
  const { messageId, sourceId } = await answer(room)
  const copy = mail({ id: 'theirs@prod.outlook.test', outgoing: true, text: 'nossa' })
  await room.history([{ ...copy, aliases: [sourceId] }])
  await room.live([mail({ replyTo: ['theirs@prod.outlook.test'] })])
  const messages = await room.messages()
  expect(messages).toHaveLength(3)
  expect(new Set(messages.map((row) => row.conversation_id)).size).toBe(1)
  expect(messages.find(({ id }) => id === messageId)).toMatchObject({
    status: 'sent',
    source_id: 'theirs@prod.outlook.test',
  })
})

test('another inbox of the account threads its own copy by itself', async () => {
  const [room, other] = [await openMailroom(database.db), await openMailroom(database.db)]
  const question = mail()
  await room.live([question])
  await other.live([mail({ replyTo: [question.sourceId!] })])
  expect(await room.conversations()).toHaveLength(1)
  expect(await other.conversations()).toHaveLength(1)
})

async function bySubject(on: boolean): Promise<Mailroom> {
  const room = await openMailroom(database.db)
  await database.db
    .updateTable('inboxes')
    .set({ thread_by_subject: on })
    .where('id', '=', room.inboxId)
    .execute()
  return room
}

const about = (subject: string, at: Date, from = 'ana@example.test') => ({
  ...mail({ at, from }),
  subject,
})

test('by subject, where the inbox asks for it: an answer without references finds its question', async () => {
  for (const on of [true, false]) {
    const room = await bySubject(on)
    // The answer is read first, and came in the next month.
    await room.history([about('RES: RE: Nota  fiscal', new Date('2026-11-02T10:00:00Z'))])
    await room.history([about('Nota fiscal', new Date('2026-10-30T10:00:00Z'))])
    expect(await room.conversations()).toHaveLength(on ? 1 : 2)
  }
})

test.each([
  ['another contact', about('Re: Pedido', daysAgo(1), 'bia@example.test')],
  ['another subject', about('Re: Pedido 2', daysAgo(1))],
  ['a question of another month', about('Pedido', daysAgo(60))],
  ['an answer months later', about('Re: Pedido', new Date('2027-03-01T10:00:00Z'))],
  ['no subject', about('Re: ', daysAgo(1))],
  ['a mail that refers to another', { ...about('Re: Pedido', daysAgo(1)), references: ['x@y'] }],
])('by subject, nothing joins %s', async (_, other) => {
  const room = await bySubject(true)
  await room.live([about('Pedido', daysAgo(2)), about('', daysAgo(2)), other])
  expect(await room.conversations()).toHaveLength(3)
})
