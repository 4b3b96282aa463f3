// Live messages through an account with two rules, from the message's row to the finished receipts,
// beside a bare signal-with-start whose workflow has one activity write one row. Order A B B A.
// node bench/automations.ts [--messages 1000] [--rounds 2]
import { parseArgs } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import { sql } from 'kysely'
import type { RuleAction } from '../domain/rule-actions.ts'
import { byTurns, type Way } from './by-turns.ts'
import { connectInbox } from './connect.ts'
import { becameActive, rateOf, storeLive, until } from './customers.ts'
import { quantile, rounded } from './measure.ts'
import { type Platform, startStack } from './stack.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '2' },
  },
})
const count = Number(values.messages)
const address = 'suporte@loja.example'
const password = 'a secret'
const stack = await startStack({ users: { [address]: password } })
/** From the commit of a message to its last receipt, of all rounds. */
const delays: number[] = []

const ways: Record<Way, (platform: Platform) => Promise<number>> = {
  async floor({ db, temporal }) {
    await sql`create table floor (n int primary key)`.execute(db)
    const connection = await Connection.connect({ address: temporal.address })
    const client = new Client({ connection, namespace: temporal.namespace })
    const signal = { signal: 'wake', signalArgs: [], taskQueue: 'floor' }
    try {
      return await rateOf(
        async (n) => {
          const workflowId = `conversation/${n}`
          await client.workflow.signalWithStart('handleOne', { ...signal, workflowId, args: [n] })
        },
        count,
        () => until(async () => (await rowsOf(db, sql`floor`)) === count),
      )
    } finally {
      await connection.close()
    }
  },
  async ours(platform) {
    const { db } = platform
    const ref = await connectInbox(platform, { address, password, smtpPort: stack.smtp.port })
    await becameActive(platform)
    await db.updateTable('automation_rules').set({ active: false }).execute()
    await addRule(platform, 'conversation_created', { action: 'set_priority', priority: 'high' })
    await addRule(platform, 'message_created', { action: 'add_label', labels: ['novo'] })
    const receipts = sql`action_receipts where outcome = 'done'`
    const rate = await rateOf(
      (n) => storeLive(platform, ref, [n]),
      count,
      () => until(async () => (await rowsOf(db, receipts)) === 2 * count),
    )
    const { rows } = await sql<{ ms: number }>`
      select extract(epoch from max(a.updated_at) - min(m.created_at)) * 1000 as ms
      from action_receipts a join rule_runs r on r.id = a.run_id
      join messages m on m.conversation_id = r.conversation_id
      group by r.conversation_id`.execute(db)
    delays.push(...rows.map(({ ms }) => Number(ms)))
    return rate
  },
}
const programs: Partial<Record<Way, string>> = { floor: 'bench/automations-floor-worker.ts' }

const result = await byTurns(Number(values.rounds), async (way) => {
  const program = programs[way]
  const platform = await stack.startPlatform(program ? { program } : {})
  return ways[way](platform).finally(() => platform.stop())
})
await stack.stop()
console.log(JSON.stringify({ ...result, p95_ms: rounded(quantile(delays, 0.95)) }))

async function rowsOf(db: Platform['db'], from: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${from}`.execute(db)
  return Number(rows[0]!.count)
}

async function addRule({ db, accountId }: Platform, event: string, action: RuleAction) {
  await db
    .insertInto('automation_rules')
    .values({
      account_id: accountId,
      name: action.action,
      event: event as 'message_created',
      conditions: { all: [] },
      actions: [action],
    })
    .execute()
}
