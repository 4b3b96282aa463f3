// The relay's taking of the outbox: each conversation by one relay, and nothing marked that was not
// told.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listWaiting, relayAll, type Taken } from '../../workers/waiting-wakes.ts'
import { mail, openMailroom } from '../messaging/mailroom.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

/** An account with one message in each of so many conversations, and what waits for them. */
async function waitingRoom(count: number) {
  await database.db.deleteFrom('outbox').execute()
  const room = await openMailroom(database.db)
  await room.live(Array.from({ length: count }, (_, at) => mail({ from: `cliente${at}@x.test` })))
  return listWaiting(database.db, 'conversation', 100)
}
const left = async () => (await listWaiting(database.db, 'conversation', 100)).length

test('every conversation is woken once with all its events, oldest first', async () => {
  const waiting = await waitingRoom(3)
  const heard: Taken[] = []
  const relayed = await relayAll(database.db, 'conversation', waiting, async (taken) => {
    heard.push(...taken)
    return taken
  })
  expect(relayed).toBe(3)
  expect(heard.map(({ events }) => events)).toEqual(
    Array(3).fill(['conversation_created', 'message_created']),
  )
  expect(heard.map(({ conversationId }) => conversationId)).toEqual(
    waiting.map(({ conversationId }) => conversationId),
  )
  expect(await left()).toBe(0)
})

test('what could not be woken waits on, and takes nothing else with it', async () => {
  const waiting = await waitingRoom(3)
  const all = async (taken: readonly Taken[]) => taken
  const some = async (taken: readonly Taken[]) => taken.filter((_, at) => at !== 1)
  expect(await relayAll(database.db, 'conversation', waiting, some)).toBe(2)
  const [missing, ...others] = await listWaiting(database.db, 'conversation', 100)
  expect(others).toEqual([])
  expect(missing).toEqual(waiting[1])
  expect(await relayAll(database.db, 'conversation', [missing!], all)).toBe(1)
  expect(await left()).toBe(0)
})

test('two relays at once share the work and tell nobody twice', async () => {
  const waiting = await waitingRoom(6)
  const told: number[] = []
  const second = Promise.withResolvers<void>()
  const first = relayAll(database.db, 'conversation', waiting.slice(0, 4), async (taken) => {
    told.push(...taken.map(({ conversationId }) => conversationId!))
    await second.promise
    return taken
  })
  while (told.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const rest = await relayAll(database.db, 'conversation', waiting, async (taken) => {
    told.push(...taken.map(({ conversationId }) => conversationId!))
    return taken
  })
  second.resolve()
  expect([await first, rest]).toEqual([4, 2])
  expect(told.sort()).toEqual(waiting.map(({ conversationId }) => conversationId!).sort())
  // Listed before it was relayed, and told no more.
  const late = await relayAll(database.db, 'conversation', waiting, async (taken) => taken)
  expect(late).toBe(0)
})

test('an inbox that waits is found beside its conversations', async () => {
  const waiting = await waitingRoom(1)
  const { accountId, inboxId } = waiting[0]!
  await database.db
    .insertInto('outbox')
    .values({ account_id: accountId, topic: 'inbox', inbox_id: inboxId, event: 'changed' })
    .execute()
  const inboxes = await listWaiting(database.db, 'inbox', 100)
  expect(inboxes).toEqual([{ accountId, inboxId, conversationId: null }])
  const events: string[][] = []
  await relayAll(database.db, 'inbox', inboxes, async (taken) => {
    events.push(...taken.map((one) => one.events))
    return taken
  })
  expect(events).toEqual([['changed']])
  expect(await left()).toBe(1)
})
