// Visitors in nine tabs who talk to an agent while stream, API and Postgres die again and again.
// SEED repeats a run; REPEATS and MESSAGES make it smaller or larger.
import { afterAll, beforeAll, test } from 'vitest'
import { seededRandom } from '../../scripts/sample-mails/random.ts'
import { drawFaults, openTalkRoom, type TalkRoom, talkUnderFaults } from './talk-under-faults.ts'

const firstSeed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 1_000_000))
const repeats = Number(process.env.REPEATS ?? 5)
const messages = Number(process.env.MESSAGES ?? 100)

let room: TalkRoom
beforeAll(async () => {
  console.log(`SEED=${firstSeed} REPEATS=${repeats} MESSAGES=${messages}`)
  room = await openTalkRoom()
}, 180_000)
afterAll(() => room?.close())

for (let nth = 1; nth <= repeats; nth++) {
  const seed = firstSeed + nth - 1
  test(`talk ${nth} of ${repeats}, SEED=${seed}`, { timeout: 600_000 }, async ({ task }) => {
    const faults = drawFaults(seededRandom(seed), 10)
    await talkUnderFaults(room, { seed, tabs: 9, messages, faults })
    task.meta.faults = faults
  })
}
