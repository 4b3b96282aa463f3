// One event to each of many conversations: from the signed webhook to the signal that its workflow
// has got, beside bare signal-with-start on the same kind of server. Order A B B A.
// node bench/events.ts [--conversations 2000] [--rounds 2]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import { sql } from 'kysely'
import { byTurns, type Way } from './by-turns.ts'
import { startServer } from './server-program.ts'
import { type Platform, startStack } from './stack.ts'
import { connectTwilio, createSender, deliveryOf, publicUrl } from './twilio-deliveries.ts'

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '2' },
  },
})
const count = Number(values.conversations)
/** What the floor has in flight. */
const LANES = 16

const stack = await startStack({ users: {} })
const sender = createSender()

/** Events a second; what begins the conversations is not measured. */
const ways: Record<Way, () => Promise<number>> = {
  async floor() {
    const platform = await stack.startPlatform({ program: 'bench/events-floor-worker.ts' })
    const connection = await Connection.connect({ address: platform.temporal.address })
    const client = new Client({ connection, namespace: platform.temporal.namespace })
    const signalAll = async () => {
      let next = 0
      const lane = async () => {
        while (next < count) {
          await client.workflow.signalWithStart('notified', {
            workflowId: `conversation-${next++}`,
            taskQueue: 'floor',
            signal: 'wake',
            signalArgs: [],
          })
        }
      }
      await Promise.all(Array.from({ length: LANES }, lane))
    }
    try {
      await signalAll()
      return await rateOf(signalAll)
    } finally {
      await connection.close()
      await platform.stop()
    }
  },
  async ours() {
    // Nobody answers there: nothing is listed while events are counted.
    const platform = await stack.startPlatform({ env: { TWILIO_URL: 'http://127.0.0.1:9' } })
    const { db, vault, accountId, environment } = platform
    const api = await startServer('api/main.ts', {
      ...environment,
      PUBLIC_URL: publicUrl,
      WEBHOOK_RATE_LIMIT: '100000000',
    })
    try {
      const { inboxId } = await connectTwilio(db, vault, accountId)
      const deliveries = () => Array.from({ length: count }, (_, at) => deliveryOf(inboxId, at))
      await sender.flood(api.port, deliveries())
      await untilHandled(platform)
      const next = deliveries()
      return await rateOf(async () => {
        await sender.flood(api.port, next)
        await untilNotified(platform)
      })
    } finally {
      await api.child.stop()
      await platform.stop()
    }
  },
}

try {
  console.log(JSON.stringify(await byTurns(Number(values.rounds), (way) => ways[way]())))
} finally {
  sender.end()
  await stack.stop()
}

async function rateOf(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return count / ((performance.now() - began) / 1000)
}

/** Temporal has taken every wake. */
async function untilNotified({ db }: Platform): Promise<void> {
  const waits = sql<{ waits: boolean }>`
    select exists (select from outbox where topic = 'conversation' and relayed_at is null) as waits`
  while ((await waits.execute(db)).rows[0]!.waits) await sleep(20)
}

/** The workflows have read their events, and ended. */
async function untilHandled(platform: Platform): Promise<void> {
  await untilNotified(platform)
  const waits = sql<{ waits: boolean }>`
    select exists (select from conversations where handled_seq < last_seq) as waits`
  while ((await waits.execute(platform.db)).rows[0]!.waits) await sleep(20)
}
