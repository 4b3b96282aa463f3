// In which order a conversation reads, whatever the clocks of its writers say.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listMessageRows } from '../../db/views/conversations.ts'
import { dryRun } from '../../messaging/dry-run.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { mail, minutesAgo, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const secondsFromNow = (seconds: number) => new Date(Date.now() + seconds * 1000)

async function talk() {
  const room = await openMailroom(database.db)
  const { accountId, admin } = room
  const conversationId = async () => (await room.conversations())[0]!.id
  return {
    ...room,
    answer: async (content: string, isNote = false) =>
      queueOutgoing(database.db, {
        accountId,
        conversationId: await conversationId(),
        userId: admin.id,
        content,
        private: isNote,
      }),
    /** Page by page, the oldest first. */
    async read(limit = 100): Promise<string[]> {
      const texts: string[] = []
      for (let before: { at: string; id: number } | undefined; ; ) {
        const page = { before, limit }
        const rows = await listMessageRows(database.db, accountId, await conversationId(), page)
        texts.push(...rows.map(({ content }) => content))
        const last = rows.at(-1)
        if (!last || rows.length < limit) return texts.reverse()
        before = { at: last.place, id: last.id }
      }
    },
  }
}

test('what came live reads in the order it came, whatever the dates say', async () => {
  const room = await talk()
  const first = mail({ id: 'q@c.test', text: 'question', at: secondsFromNow(90) })
  await room.live([first])
  await room.answer('answer')
  await room.answer('a note', true)
  const replyTo = ['q@c.test']
  const atOnce = secondsFromNow(-5)
  await room.live([
    mail({ replyTo, text: 'thanks', at: atOnce }),
    mail({ replyTo, text: 'one more thing', at: secondsFromNow(-60) }),
  ])
  await room.answer('certainly')
  const order = ['question', 'answer', 'a note', 'thanks', 'one more thing', 'certainly']
  expect(await room.read()).toEqual(order)
  expect(await room.read(1)).toEqual(order)
  const { accountId } = room
  const [{ id: conversationId } = { id: 0 }] = await room.conversations()
  const dry = await dryRun(
    database.db,
    { accountId, conversationId, now: new Date() },
    { event: 'message_created', conditions: { all: [] } },
  )
  const contentOf = new Map((await room.messages()).map(({ id, content }) => [id, content]))
  expect(dry?.map(({ messageId }) => contentOf.get(messageId!))).toEqual(order)
  // The true times are kept.
  const thanks = (await room.messages()).find(({ content }) => content === 'thanks')
  expect(thanks?.sent_at).toEqual(atOnce)
})

test('imported and late mail reads at its true time, between what came live', async () => {
  const room = await talk()
  const replyTo = ['root@c.test']
  await room.live([mail({ id: 'root@c.test', text: 'live one', at: minutesAgo(60) })])
  await room.live([mail({ replyTo, text: 'live two', at: minutesAgo(20) })])
  await room.history([mail({ replyTo, text: 'imported', at: minutesAgo(90) })])
  await room.live([mail({ replyTo, text: 'restored', at: minutesAgo(40) })], 'late')
  expect(await room.read()).toEqual(['imported', 'live one', 'restored', 'live two'])
})

test('history that turns out to be live reads where it became live', async () => {
  const room = await talk()
  const replyTo = ['start@c.test']
  const found = mail({ replyTo, text: 'found again', at: minutesAgo(50), externalId: 'same' })
  await room.live([mail({ id: 'start@c.test', text: 'start', at: minutesAgo(60) })])
  await room.history([found])
  await room.live([mail({ replyTo, text: 'in between', at: minutesAgo(30) })])
  await room.live([mail({ replyTo, text: 'found again', at: minutesAgo(50), externalId: 'same' })])
  expect(await room.read()).toEqual(['start', 'in between', 'found again'])
})
