// Many conversations in a rule's wait while the worker ends, is away until the waits are over, and
// starts again: how soon the first goes on, what the worker needs, and whether one is lost.
// node bench/conversations.ts [--conversations 20000] [--wait 20]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connectInbox } from './connect.ts'
import { becameActive, storeLive, until } from './customers.ts'
import { peakRssMb, rounded } from './measure.ts'
import { startStack } from './stack.ts'

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '20000' },
    /** Minutes; longer than it takes until all of them wait. */
    wait: { type: 'string', default: '20' },
  },
})
const count = Number(values.conversations)
const address = 'suporte@loja.example'
const password = 'a secret'
/** Mails stored in one transaction. */
const BATCH = 100
/** Nothing goes on for so long: what is left is lost. */
const STILL_MS = 120_000

const stack = await startStack({ users: { [address]: password } })
const platform = await stack.startPlatform()
const { db, accountId } = platform
try {
  const ref = await connectInbox(platform, { address, password, smtpPort: stack.smtp.port })
  await becameActive(platform)
  await db.updateTable('automation_rules').set({ active: false }).execute()
  await db
    .insertInto('automation_rules')
    .values({
      account_id: accountId,
      name: 'Waits',
      event: 'conversation_created',
      conditions: { all: [] },
      actions: [
        { action: 'wait', minutes: Number(values.wait) },
        { action: 'add_label', labels: ['esperou'] },
      ],
    })
    .execute()
  for (let n = 0; n < count; n += BATCH) {
    const mails = Array.from({ length: Math.min(BATCH, count - n) }, (_, at) => n + at)
    await storeLive(platform, ref, mails)
  }
  await until(async () => (await runs()).waiting === count, 1_000)
  console.log(`${count} wait; ${rounded(peakRssMb(platform.worker.pid))} MB until here`)

  const { lastDue } = await runs()
  await platform.stopWorker()
  await sleep(Math.max(lastDue.getTime() - Date.now(), 0))
  const startedAt = performance.now()
  const starting = platform.startWorker()
  await until(async () => (await runs()).done > 0, 50)
  const firstActionS = (performance.now() - startedAt) / 1000
  const worker = await starting
  let last = { done: 0, at: performance.now() }
  while (last.done < count && performance.now() - last.at < STILL_MS) {
    const { done } = await runs()
    if (done > last.done) last = { done, at: performance.now() }
    await sleep(500)
  }
  const perSecond = last.done / ((performance.now() - startedAt) / 1000)
  console.log(`${last.done} went on, ${rounded(perSecond, 1)} a second`)
  console.log(
    JSON.stringify({
      conversations: count,
      rss_mb: rounded(peakRssMb(worker.pid)),
      first_action_s: rounded(firstActionS, 1),
      lost: count - last.done,
    }),
  )
} finally {
  await platform.stop()
  await stack.stop()
}

async function runs(): Promise<{ waiting: number; done: number; lastDue: Date }> {
  const row = await db
    .selectFrom('rule_runs')
    .select((eb) => [
      eb.fn.count<number>('due_at').as('waiting'),
      eb.fn.count<number>('finished_at').as('done'),
      eb.fn.max('due_at').as('last'),
    ])
    .executeTakeFirstOrThrow()
  return { waiting: Number(row.waiting), done: Number(row.done), lastDue: row.last ?? new Date() }
}
