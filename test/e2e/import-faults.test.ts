// An import of 200 mails survives every fault: each mail once, live mail handled once and after it,
// and nothing else. The chaos run repeats this at full size; SEED repeats a run.
import { afterAll, beforeAll, test } from 'vitest'
import { type ImportScenario, importUnderFaults } from './import-under-faults.ts'
import { startWorld, type World } from './world.ts'

let world: World
const seed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 1_000_000))
console.log(`Import faults: SEED=${seed}`)

beforeAll(async () => {
  world = await startWorld({ env: { IMPORT_PAGE: '10' } })
})
afterAll(() => world?.stop())

// Longer than the waits of a scenario, so that a failure says what was waited for.
const patience = { timeout: 240_000 }
const survive = (scenario: Omit<ImportScenario, 'mails' | 'seed'>, nth: number) =>
  importUnderFaults(world, { ...scenario, mails: 200, seed: seed + nth })

test(
  'killed workers and a mail server that restarts lose nothing and double nothing; what could not be read is read later',
  patience,
  async () => {
    await survive({ faults: ['worker', 'dovecot'], poison: 2 }, 0)
  },
)

test(
  'nor do a Postgres and a Temporal that crash, nor a password that is refused for a while',
  patience,
  async () => {
    await survive({ faults: ['postgres', 'temporal', 'password'] }, 1)
  },
)

test('nor do two workers of which one is killed, and then the other', patience, async () => {
  await survive({ faults: ['worker', 'worker'], workers: 2 }, 2)
})

test(
  'nor do a folder that is renumbered half-way and logins that nobody can check for a while',
  patience,
  async () => {
    await survive({ faults: ['renumbered', 'identity'], poison: 2 }, 3)
  },
)
