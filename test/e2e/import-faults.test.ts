// An import of 200 mails survives each fault: every mail once, live mail handled once after it, and
// nothing else. The chaos run repeats this at full size; this run's seeds can be given by SEED.
import { afterAll, beforeAll, test } from 'vitest'
import { importUnderFaults } from './import-under-faults.ts'
import { startWorld, type World } from './world.ts'

let world: World
const seed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 1_000_000))
console.log(`Import faults: SEED=${seed}`)

beforeAll(async () => {
  world = await startWorld({ env: { IMPORT_PAGE: '10' } })
})
afterAll(() => world?.stop())

test('a worker killed at a random point of an import loses nothing and doubles nothing', async () => {
  await importUnderFaults(world, { seed, mails: 200, faults: ['worker'] })
})

test('so does a Postgres that crashes and comes back', async () => {
  await importUnderFaults(world, { seed: seed + 1, mails: 200, faults: ['postgres'] })
})

test('so does a Temporal server that crashes and comes back', async () => {
  await importUnderFaults(world, { seed: seed + 2, mails: 200, faults: ['temporal'] })
})

test('so does a mail server that restarts', async () => {
  await importUnderFaults(world, { seed: seed + 3, mails: 200, faults: ['dovecot'] })
})

test('of two workers one is frozen, and wakes when the other has taken its work over', async () => {
  await importUnderFaults(world, { seed: seed + 4, mails: 200, faults: ['frozen'], workers: 2 })
})
