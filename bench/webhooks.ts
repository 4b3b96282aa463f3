// Signed webhooks of Twilio accepted a second, durable and deduplicated, beside the floor in the same
// run: `npm run bench:webhooks [deliveries] [rounds]`.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../db/client.ts'
import { createVault } from '../db/encryption.ts'
import { migrate } from '../db/migrate.ts'
import { createAccount } from '../messaging/create-account.ts'
import { startPostgres } from '../scripts/servers/postgres.ts'
import { cpuSeconds, cpuSecondsWithChildren, quantile, rounded } from './measure.ts'
import { type ServerProgram, startServer } from './server-program.ts'
import {
  connectTwilio,
  createSender,
  deliveryOf,
  publicUrl,
  type TwilioDelivery,
} from './twilio-deliveries.ts'

const deliveries = Number(process.argv[2] ?? 10_000)
const rounds = Number(process.argv[3] ?? 2)
const CONTACTS = 500
/** Of a hundred deliveries so many come twice. */
const REPEATED = 5
const HALF_LOAD_SECONDS = 10

const dir = mkdtempSync(join(process.env.TMPDIR ?? '/var/tmp', 'bench-'))
const key = randomBytes(32)
const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), maxConnections: 100 })
const sender = createSender()

function prepare(count: number, inboxId: number): TwilioDelivery[] {
  const made: TwilioDelivery[] = []
  while (made.length < count) {
    const again = made.length > 0 && made.length % 100 < REPEATED
    made.push(again ? (made.at(-50) ?? made[0]!) : deliveryOf(inboxId, made.length % CONTACTS))
  }
  return made
}

/** Answer times while deliveries come at a steady rate, whatever the answers take. */
async function steady(port: number, all: readonly TwilioDelivery[], perSecond: number) {
  const times: Promise<number>[] = []
  const began = performance.now()
  for (const [at, delivery] of all.entries()) {
    const due = began + (at / perSecond) * 1000
    if (due > performance.now()) await sleep(due - performance.now())
    times.push(sender.post(port, delivery))
  }
  return Promise.all(times)
}

async function openOurs(name: string) {
  await postgres.createDatabase(name)
  const url = postgres.urlOf(name)
  await migrate(url)
  const db = openDatabase(url)
  const { account, adminKey } = await createAccount(db, {
    name: 'Bench',
    adminName: 'Bench',
    adminEmail: 'bench@example.test',
  })
  const { inboxId } = await connectTwilio(db, createVault([{ id: 'bench', key }]), account.id)
  await db.destroy()
  const target = await startServer('api/main.ts', {
    DATABASE_URL: url,
    ENCRYPTION_KEYS: `bench:${key.toString('base64')}`,
    STORAGE_DIR: join(dir, 'storage'),
    PUBLIC_URL: publicUrl,
    WEBHOOK_RATE_LIMIT: '100000000',
    RATE_LIMIT: '1000000',
  })
  /** Messages that the API shows, by conversation. */
  async function readable(): Promise<number> {
    let count = 0
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = `limit=100${cursor ? `&cursor=${cursor}` : ''}`
      const reply = await fetch(
        `http://127.0.0.1:${target.port}/api/v1/accounts/${account.id}/conversations?${query}`,
        { headers: { api_access_token: adminKey } },
      )
      const page = (await reply.json()) as {
        data: { message_count: number }[]
        next_cursor: string | null
      }
      for (const { message_count } of page.data) count += message_count
      cursor = page.next_cursor
    }
    return count
  }
  return { ...target, inboxId, readable }
}

interface Flooded {
  rps: number
  /** Milliseconds of CPU a delivery costs the program and Postgres. */
  cpu: number
}

async function flood({ port, child }: ServerProgram, all: readonly TwilioDelivery[]) {
  const used = () => cpuSeconds(child.pid) + cpuSecondsWithChildren(postgres.pid)
  const before = used()
  const rps = await sender.flood(port, all)
  return { rps, cpu: ((used() - before) / all.length) * 1000 } satisfies Flooded
}

interface Result {
  ours: Flooded
  floor: Flooded
  p99: number
  lag: number
}

const results: Result[] = []
try {
  for (let round = 0; round < rounds; round++) {
    const ours = await openOurs(`ours_${round}`)
    const all = prepare(deliveries, ours.inboxId)
    await postgres.createDatabase(`floor_${round}`)
    const floor = await startServer('bench/webhooks-floor.ts', {
      DATABASE_URL: postgres.urlOf(`floor_${round}`),
    })
    const measureFloor = () => flood(floor, all)
    const measureOurs = async () => {
      const flooded = await flood(ours, all)
      const ended = performance.now()
      const distinct = new Set(all.map(({ body }) => body)).size
      while ((await ours.readable()) < distinct) await sleep(50)
      const lag = (performance.now() - ended) / 1000
      if ((await ours.readable()) !== distinct) throw new Error('a message was doubled')
      return { flooded, lag }
    }
    // A B, B A: what the machine does meanwhile hits both.
    const first = round % 2 === 0 ? await measureFloor() : undefined
    const { flooded, lag } = await measureOurs()
    const second = first ?? (await measureFloor())
    const { rps } = flooded
    const half = prepare(Math.round((rps / 2) * HALF_LOAD_SECONDS), ours.inboxId)
    const p99 = quantile(await steady(ours.port, half, rps / 2), 0.99)
    results.push({ ours: flooded, floor: second, p99, lag })
    console.log(results.at(-1))
    await Promise.all([ours.child.stop(), floor.child.stop()])
  }
} finally {
  sender.end()
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
}
const mean = (pick: (result: Result) => number) =>
  results.reduce((sum, result) => sum + pick(result), 0) / results.length
const [oursRps, floorRps] = [mean(({ ours }) => ours.rps), mean(({ floor }) => floor.rps)]
console.log(
  JSON.stringify({
    ours_rps: rounded(oursRps),
    floor_rps: rounded(floorRps),
    ratio: rounded(oursRps / floorRps, 2),
    p99_ms: rounded(Math.max(...results.map(({ p99 }) => p99))),
    lag_s: rounded(Math.max(...results.map(({ lag }) => lag)), 2),
    ours_cpu_ms: rounded(
      mean(({ ours }) => ours.cpu),
      2,
    ),
    floor_cpu_ms: rounded(
      mean(({ floor }) => floor.cpu),
      2,
    ),
  }),
)
