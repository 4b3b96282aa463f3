// An import lets what customers write today go first.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { yieldToLive } from '../../activities/yield-to-live.ts'
import { mail, openMailroom } from '../messaging/mailroom.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const stays = new AbortController().signal
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

/** Everything that waits for its workflow has done so for this long. */
const waitsSince = (seconds: number) =>
  sql`update outbox set created_at = now() - make_interval(secs => ${seconds})`.execute(database.db)
const relayed = () =>
  sql`update outbox set relayed_at = now() where relayed_at is null`.execute(database.db)

async function goesOn(leaving = stays): Promise<() => boolean> {
  let done = false
  void yieldToLive(database.db, leaving).then(() => (done = true))
  await sleep(500)
  return () => done
}

test('a page of history waits while an event of today is late, and no longer', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail()])
  await waitsSince(3)
  await yieldToLive(database.db, stays)

  await waitsSince(30)
  const isDone = await goesOn()
  expect(isDone()).toBe(false)
  await relayed()
  await expect.poll(isDone, { timeout: 60_000 }).toBe(true)
})

test('what a held inbox keeps back holds up no import', async () => {
  const room = await openMailroom(database.db, { held: true })
  await relayed()
  await room.live([mail()])
  await waitsSince(300)
  await yieldToLive(database.db, stays)
})

test('a worker that leaves does not wait', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail()])
  await waitsSince(300)
  const leaving = new AbortController()
  const isDone = await goesOn(leaving.signal)
  expect(isDone()).toBe(false)
  leaving.abort()
  await expect.poll(isDone, { timeout: 60_000 }).toBe(true)
})
