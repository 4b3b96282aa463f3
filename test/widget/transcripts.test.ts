// What is provable about delivery: whatever dies between them, both sides read the same.
import { afterAll, beforeAll, test } from 'vitest'
import { openTalkRoom, type TalkRoom, talkUnderFaults } from './talk-under-faults.ts'

let room: TalkRoom
beforeAll(async () => {
  room = await openTalkRoom()
}, 180_000)
afterAll(() => room?.close())

test('stream, API and Postgres die while a visitor in nine tabs and an agent talk, and both read the same afterwards', async () => {
  const seed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 1_000_000))
  await talkUnderFaults(room, {
    seed,
    tabs: 9,
    messages: 5,
    faults: ['stream', 'api', 'postgres', 'stream'],
  })
}, 240_000)
