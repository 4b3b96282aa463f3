// One account has far more to do than the workers can: another one's message is not behind all of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listWaiting } from '../../workers/waiting-wakes.ts'
import { type Mailroom, mail, openMailroom } from '../messaging/mailroom.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const NOISE = 300

let platform: Platform
let noisy: Mailroom
let quiet: Mailroom

beforeAll(async () => {
  platform = await startPlatform()
  await platform.firstWorker.stop()
  noisy = await openMailroom(platform.db)
  quiet = await openMailroom(platform.db)
  // Nobody is asked: what counts is whose rules run first.
  await platform.db.deleteFrom('bots').execute()
  await noisy.live(Array.from({ length: NOISE }, (_, n) => mail({ from: `n${n}@noise.test` })))
  await quiet.live([mail()])
})
afterAll(() => platform?.stop())

test('what waits to be relayed is taken from each account in its turn', async () => {
  const waiting = await listWaiting(platform.db, 'conversation', 4)
  expect(waiting.map(({ accountId }) => accountId)).toEqual([
    noisy.accountId,
    quiet.accountId,
    noisy.accountId,
    noisy.accountId,
  ])
})

test('what waits for a worker is too, although the other account’s came earlier', async () => {
  await platform.db.updateTable('outbox').set({ relayed_at: new Date() }).execute()
  // Nobody works: all of it lies in Temporal's queues when the first worker comes.
  for (const room of [noisy, quiet]) {
    for (const { id } of await room.conversations()) {
      await platform.temporal.wakeConversation({ accountId: room.accountId, conversationId: id })
    }
  }
  await platform.addWorker()
  await waitFor(async () => (await handled()).length === NOISE + 1, { what: 'all of them' })
  const place = (await handled()).indexOf(quiet.accountId)
  expect(place).toBeLessThan(NOISE / 2)
})

/** Accounts of the conversations whose rules ran, in that order. */
async function handled(): Promise<number[]> {
  const rows = await platform.db
    .selectFrom('rule_runs')
    .select(['account_id', 'conversation_id'])
    .groupBy(['account_id', 'conversation_id'])
    .orderBy((eb) => eb.fn.min('id'))
    .execute()
  return rows.map(({ account_id }) => account_id)
}
