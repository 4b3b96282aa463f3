// Imports of 2,000 mails, each struck by five faults at random points. SEED repeats a run, its
// first import has that seed; REPEATS and MAILS make it smaller or larger.
import { afterAll, beforeAll, test } from 'vitest'
import { seededRandom } from '../../scripts/sample-mails/random.ts'
import { type Fault, importUnderFaults } from './import-under-faults.ts'
import { startWorld, type World } from './world.ts'

const firstSeed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 1_000_000))
const repeats = Number(process.env.REPEATS ?? 20)
const mails = Number(process.env.MAILS ?? 2_000)
/** A worker's death is the fault that happens every day, so it is as likely as the others together. */
const FAULTS: Fault[] = ['worker', 'worker', 'worker', 'worker', 'worker']
FAULTS.push('postgres', 'temporal', 'dovecot', 'password', 'frozen', 'renumbered', 'identity')

let world: World
beforeAll(async () => {
  console.log(`SEED=${firstSeed} REPEATS=${repeats} MAILS=${mails}`)
  world = await startWorld({ env: { IMPORT_PAGE: '50' } })
})
afterAll(() => world?.stop())

for (let nth = 1; nth <= repeats; nth++) {
  const seed = firstSeed + nth - 1
  test(`import ${nth} of ${repeats}, SEED=${seed}`, { timeout: 600_000 }, async ({ task }) => {
    const random = seededRandom(seed)
    const struck = await importUnderFaults(world, {
      seed,
      mails,
      faults: Array.from({ length: 5 }, () => random.pick(FAULTS)),
      workers: random.between(1, 2),
      poison: random.pick([0, 0, 3]),
      live: 20,
      timeoutMs: 180_000,
    })
    task.meta.faults = struck.map(({ fault }) => fault)
  })
}

declare module 'vitest' {
  interface TaskMeta {
    faults?: string[]
  }
}
