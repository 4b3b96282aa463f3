// Signed webhooks of Twilio accepted a second, durable and deduplicated, beside the floor in the same
// run: `npm run bench:webhooks [deliveries] [rounds]`.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { hashKey, newKey } from '../api/auth.ts'
import { insertApiKey } from '../db/api-keys.ts'
import { openDatabase } from '../db/client.ts'
import { writeCredentials } from '../db/credentials.ts'
import { createVault } from '../db/encryption.ts'
import { migrate } from '../db/migrate.ts'
import { createAccount } from '../messaging/create-account.ts'
import { createInbox } from '../messaging/create-inbox.ts'
import { type Child, startChild, untilReady } from '../scripts/servers/child-process.ts'
import { freePort } from '../scripts/servers/ports.ts'
import { startPostgres } from '../scripts/servers/postgres.ts'
import { quantile, rounded } from './measure.ts'

const deliveries = Number(process.argv[2] ?? 10_000)
const rounds = Number(process.argv[3] ?? 2)
const CONTACTS = 500
/** As many connections as Twilio holds to a busy receiver, more or less. */
const CONNECTIONS = 64
/** Of a hundred deliveries so many come twice. */
const REPEATED = 5
const HALF_LOAD_SECONDS = 10

const root = join(import.meta.dirname, '..')
const dir = mkdtempSync(join(process.env.TMPDIR ?? '/var/tmp', 'bench-'))
const key = randomBytes(32)
const token = randomBytes(16).toString('hex')
const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), maxConnections: 100 })
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

interface Target {
  port: number
  child: Child
}

async function startProgram(program: string, env: Record<string, string>): Promise<Target> {
  const port = await freePort()
  const child = await startChild(process.execPath, [program], {
    cwd: root,
    env: { ...process.env, PORT: String(port), LOG_LEVEL: 'warn', ...env },
    log: (line) => void (/rror/.test(line) && console.log(line.slice(0, 300))),
  })
  await untilReady(child, program, () =>
    fetch(`http://127.0.0.1:${port}/health/live`).then(
      () => true,
      () => false,
    ),
  )
  return { port, child }
}

interface Delivery {
  path: string
  body: string
  signature: string
}

/** Signed beforehand: Twilio's own work is none of ours. */
function prepare(count: number, inboxId: number, publicUrl: string): Delivery[] {
  const path = `/webhooks/whatsapp_twilio/${inboxId}`
  const made: Delivery[] = []
  while (made.length < count) {
    if (made.length > 0 && made.length % 100 < REPEATED) {
      made.push(made.at(-50) ?? made[0]!)
      continue
    }
    const sid = `SM${randomBytes(16).toString('hex')}`
    const from = `+55119${String(80_000_000 + (made.length % CONTACTS))}`
    const params = {
      SmsMessageSid: sid,
      NumMedia: '0',
      ProfileName: 'Contato',
      MessageType: 'text',
      SmsSid: sid,
      WaId: from.slice(1),
      SmsStatus: 'received',
      Body: 'Bom dia, gostaria de saber do meu pedido, que ainda não chegou. '.repeat(2),
      To: 'whatsapp:+14155238886',
      NumSegments: '1',
      MessageSid: sid,
      AccountSid: `AC${'0'.repeat(32)}`,
      From: `whatsapp:${from}`,
      ApiVersion: '2010-04-01',
    }
    made.push({
      path,
      body: new URLSearchParams(params).toString(),
      signature: getExpectedTwilioSignature(token, `${publicUrl}${path}`, params),
    })
  }
  return made
}

/** Milliseconds until the answer. */
function post(port: number, { path, body, signature }: Delivery): Promise<number> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          'x-twilio-signature': signature,
        },
      },
      (response) => {
        response.resume()
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(performance.now() - began)
            : reject(new Error(`HTTP ${response.statusCode}`)),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** All of them, as fast as the connections carry them; a second. */
async function flood({ port }: Target, all: readonly Delivery[]): Promise<number> {
  const began = performance.now()
  let next = 0
  const lane = async () => {
    while (next < all.length) await post(port, all[next++]!)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, lane))
  return all.length / ((performance.now() - began) / 1000)
}

/** Answer times while deliveries come at a steady rate, whatever the answers take. */
async function steady({ port }: Target, all: readonly Delivery[], perSecond: number) {
  const times: Promise<number>[] = []
  const began = performance.now()
  for (const [at, delivery] of all.entries()) {
    const due = began + (at / perSecond) * 1000
    if (due > performance.now()) await sleep(due - performance.now())
    times.push(post(port, delivery))
  }
  return Promise.all(times)
}

async function openOurs(name: string) {
  await postgres.createDatabase(name)
  const url = postgres.urlOf(name)
  await migrate(url)
  const db = openDatabase(url)
  const vault = createVault([{ id: 'bench', key }])
  const { account, admin } = await createAccount(db, {
    name: 'Bench',
    adminName: 'Bench',
    adminEmail: 'bench@example.test',
  })
  const { inboxId } = await createInbox(db, vault, {
    accountId: account.id,
    name: 'WhatsApp',
    channel: 'whatsapp_twilio',
    address: '+14155238886',
    settings: {},
    credentials: {},
  })
  const ref = { accountId: account.id, inboxId }
  await writeCredentials(db, vault, ref, { auth_token: token }, new Date())
  await db.updateTable('inboxes').set({ phase: 'active' }).where('id', '=', inboxId).execute()
  const apiKey = newKey()
  await insertApiKey(db, {
    accountId: account.id,
    userId: admin.id,
    name: 'bench',
    prefix: apiKey.slice(0, 12),
    hash: hashKey(apiKey),
    role: 'administrator',
    inboxIds: null,
  })
  await db.destroy()
  const publicUrl = 'https://hooks.example.com'
  const target = await startProgram('api/main.ts', {
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
        { headers: { api_access_token: apiKey } },
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
  return { ...target, inboxId, publicUrl, readable }
}

const results: { ours: number; floor: number; p99: number; lag: number }[] = []
try {
  for (let round = 0; round < rounds; round++) {
    const ours = await openOurs(`ours_${round}`)
    const all = prepare(deliveries, ours.inboxId, ours.publicUrl)
    await postgres.createDatabase(`floor_${round}`)
    const floor = await startProgram('bench/webhooks-floor.ts', {
      DATABASE_URL: postgres.urlOf(`floor_${round}`),
    })
    const measureFloor = () => flood(floor, all)
    const measureOurs = async () => {
      const rps = await flood(ours, all)
      const ended = performance.now()
      const distinct = new Set(all.map(({ body }) => body)).size
      while ((await ours.readable()) < distinct) await sleep(50)
      const lag = (performance.now() - ended) / 1000
      if ((await ours.readable()) !== distinct) throw new Error('a message was doubled')
      return { rps, lag }
    }
    // A B, B A: what the machine does meanwhile hits both.
    const first = round % 2 === 0 ? await measureFloor() : undefined
    const { rps, lag } = await measureOurs()
    const floorRps = first ?? (await measureFloor())
    const half = prepare(Math.round((rps / 2) * HALF_LOAD_SECONDS), ours.inboxId, ours.publicUrl)
    const p99 = quantile(await steady(ours, half, rps / 2), 0.99)
    results.push({ ours: rps, floor: floorRps, p99, lag })
    console.log(results.at(-1))
    await Promise.all([ours.child.stop(), floor.child.stop()])
  }
} finally {
  agent.destroy()
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
}
const mean = (pick: (result: (typeof results)[number]) => number) =>
  results.reduce((sum, result) => sum + pick(result), 0) / results.length
console.log(
  JSON.stringify({
    ours_rps: rounded(mean(({ ours }) => ours)),
    floor_rps: rounded(mean(({ floor }) => floor)),
    ratio: rounded(mean(({ ours }) => ours) / mean(({ floor }) => floor), 2),
    p99_ms: rounded(Math.max(...results.map(({ p99 }) => p99))),
    lag_s: rounded(Math.max(...results.map(({ lag }) => lag)), 2),
  }),
)
