// An answer from another program counts as one, also where threading put it elsewhere.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../db/client.ts'
import { answeredByPerson } from '../../messaging/trigger-facts.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { mail, minutesAgo, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

test('an answer read from Sent before the mail it answers is found in its own conversation', async () => {
  const { db } = database
  const room = await openMailroom(db)
  await room.live([mail({ id: 'root@x.test', at: minutesAgo(60) })])
  await room.live([
    mail({ id: 'answer@x.test', replyTo: ['question@x.test'], outgoing: true, at: minutesAgo(1) }),
  ])
  const question = { id: 'question@x.test', replyTo: ['root@x.test'], at: minutesAgo(5) }
  await room.live([mail(question)])
  expect(await room.conversations()).toHaveLength(2)
  const messages = await room.messages()
  const asked = messages.find(({ source_id }) => source_id === 'question@x.test')!
  const isAnswered = (messageId: number, at: Date) =>
    inTransaction(db, (trx) =>
      answeredByPerson(trx, room.accountId, asked.conversation_id, { messageId, at }),
    )
  expect(await isAnswered(asked.id, question.at)).toBe(true)
  const root = messages.find(({ source_id }) => source_id === 'root@x.test')!
  expect(await isAnswered(root.id, minutesAgo(60))).toBe(false)
})
