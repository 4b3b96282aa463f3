// What inboxes cost while nothing happens: all followed by IDLE, then all polled. Each is recycled
// about once and one in a hundred gets a mail. The worse figure of the two ways is printed.
// node bench/idle.ts [--inboxes 1000] [--minutes 10] [--empty-minutes 2] [--ways idle,poll]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import { sql } from 'kysely'
import { addresses, connectAll, manyHosts, untilChecked, usersOf } from './many-inboxes.ts'
import { cpuSeconds, rounded, rssKb } from './measure.ts'
import { type Platform, type Stack, startStack } from './stack.ts'

const { values } = parseArgs({
  options: {
    inboxes: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '10' },
    'empty-minutes': { type: 'string', default: '2' },
    ways: { type: 'string', default: 'idle,poll' },
  },
})
const all = addresses(Number(values.inboxes))
const some = all.filter((_, n) => n % 100 === 0)
const windowMs = Number(values.minutes) * 60_000
const DAY_MS = 86_400_000
/** What a start or the last imports leave behind, such as ending workflows. */
const SETTLE_MS = 20_000
/** From this many idle cycles on a mailbox is polled every five minutes (domain/backoff.ts). */
const IDLE_CYCLES = 5

interface Cost {
  history_events_per_inbox_per_day: number
  cpu_percent: number
  rss_kb_per_inbox: number
}

const costs: Cost[] = []
for (const way of values.ways.split(',')) {
  const cost = await costOf(way as 'idle' | 'poll')
  console.log(`${way}: ${JSON.stringify(cost)}`)
  costs.push(cost)
}
const worst = (field: keyof Cost) => Math.max(...costs.map((cost) => cost[field]))
console.log(
  JSON.stringify({
    inboxes: all.length,
    history_events_per_inbox_per_day: worst('history_events_per_inbox_per_day'),
    cpu_percent: worst('cpu_percent'),
    rss_kb_per_inbox: worst('rss_kb_per_inbox'),
  }),
)

async function costOf(way: 'idle' | 'poll'): Promise<Cost> {
  const hiddenCapabilities = way === 'poll' ? ['IDLE'] : []
  const stack = await startStack({
    users: usersOf(all),
    imap: { ...manyHosts, hiddenCapabilities },
  })
  // Recycling is spread by a tenth both ways, so each inbox meets it about once.
  const platform = await stack.startPlatform({
    env: { RECYCLE_SECONDS: String(windowMs / 1000) },
  })
  const connection = await Connection.connect({ address: platform.temporal.address })
  const client = new Client({ connection, namespace: platform.temporal.namespace })
  try {
    await sleep(SETTLE_MS)
    const empty = await cpuPercent(platform, () => sleep(Number(values['empty-minutes']) * 60_000))
    const emptyKb = rssKb(platform.worker.pid)
    console.log(`${way}: ${rounded(empty, 1)} % of a core without inboxes; connecting`)
    await connectAll(stack, platform, all)
    if (way === 'poll') {
      await platform.db.updateTable('inboxes').set({ idle_cycles: IDLE_CYCLES }).execute()
      await untilChecked(platform, new Date())
    }
    await sleep(SETTLE_MS)

    const [events, attempts] = [await historyEvents(client), await attemptsOf(platform)]
    const full = await cpuPercent(platform, async () => {
      const end = sleep(windowMs)
      await deliverSome(stack)
      await end
    })
    const kb = rssKb(platform.worker.pid)
    const newEvents = (await historyEvents(client)) - events
    const connections = (await attemptsOf(platform)) - attempts
    console.log(
      `${way}: ${newEvents} events, ${connections} new connections, ` +
        `${await liveMails(platform)} of ${some.length} mails came`,
    )
    return {
      history_events_per_inbox_per_day: rounded((newEvents / all.length) * (DAY_MS / windowMs), 1),
      cpu_percent: rounded(full - empty, 1),
      rss_kb_per_inbox: rounded((kb - emptyKb) / all.length),
    }
  } finally {
    await connection.close()
    await platform.stop()
    await stack.stop()
  }
}

/** CPU of worker and Temporal server together while `during` runs, in percent of one core. */
async function cpuPercent(
  { worker, temporal }: Platform,
  during: () => Promise<unknown>,
): Promise<number> {
  const used = () => cpuSeconds(worker.pid) + cpuSeconds(temporal.pid)
  const [cpu, start] = [used(), performance.now()]
  await during()
  return ((used() - cpu) / ((performance.now() - start) / 1000)) * 100
}

/** Of all workflows, ended ones too. */
async function historyEvents(client: Client): Promise<number> {
  let sum = 0
  for await (const { workflowId, runId } of client.workflow.list()) {
    sum += (await client.workflow.getHandle(workflowId, runId).describe()).historyLength
  }
  return sum
}

/** Each connection that follows an inbox takes the fence of its cursor once. */
async function attemptsOf({ db }: Platform): Promise<number> {
  const { rows } = await sql<{ fences: number }>`
    select sum(fence)::bigint as fences from channel_cursors where kind = 'live'`.execute(db)
  return rows[0]!.fences
}

async function liveMails({ db }: Platform): Promise<number> {
  const rows = await db.selectFrom('messages').select('id').where('origin', '=', 'live').execute()
  return rows.length
}

/** One inbox in a hundred; all in the first half, so that a poll still finds them. */
async function deliverSome(stack: Stack): Promise<void> {
  for (const [n, address] of some.entries()) {
    const raw = [
      'From: Cliente <cliente@clientes.example>',
      `To: <${address}>`,
      'Subject: Pedido',
      `Message-ID: <idle-${n}@clientes.example>`,
      `Date: ${new Date().toUTCString()}`,
      '',
      'Bom dia!',
      '',
    ].join('\r\n')
    stack.dovecot.deliver(address, raw)
    await sleep(windowMs / 2 / some.length)
  }
}
