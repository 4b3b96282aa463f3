// Durable replies: one in each of many conversations, from the queue's row to the status `sent`,
// beside a bare workflow of one activity that hands the same mail to nodemailer. Order A B B A.
// node bench/sends.ts [--conversations 500] [--rounds 2]
import { parseArgs } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import { takeFence } from '../db/channel-cursors.ts'
import { queueOutgoing } from '../messaging/queue-outgoing.ts'
import { storeHistory } from '../messaging/store-history.ts'
import { byTurns, type Way } from './by-turns.ts'
import { connectInbox } from './connect.ts'
import { becameActive, mailOf, rateOf, until } from './customers.ts'
import { type Platform, startStack } from './stack.ts'

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '2' },
  },
})
const count = Number(values.conversations)
const address = 'suporte@loja.example'
const password = 'a secret'

const stack = await startStack({ users: { [address]: password } })
const text = 'Olá! O seu pedido saiu hoje e chega em dois dias úteis. '.repeat(10)

const ways: Record<Way, () => Promise<number>> = {
  async floor() {
    const platform = await stack.startPlatform({ program: 'bench/sends-floor-worker.ts' })
    const connection = await Connection.connect({ address: platform.temporal.address })
    const client = new Client({ connection, namespace: platform.temporal.namespace })
    const mail = { port: stack.smtp.port, user: address, pass: password, text }
    try {
      return await rateOf(async (n) => {
        const options = { workflowId: `send-${n}`, taskQueue: 'floor', args: [{ ...mail, n }] }
        await client.workflow.execute('sendOne', options)
      }, count)
    } finally {
      await connection.close()
      await platform.stop()
    }
  },
  async ours() {
    const platform = await stack.startPlatform()
    try {
      const { accountId, inboxId } = await connectInbox(platform, {
        address,
        password,
        smtpPort: stack.smtp.port,
      })
      const conversations = await makeConversations(platform, { accountId, inboxId })
      return await rateOf(
        async (n) => {
          await queueOutgoing(platform.db, {
            accountId,
            conversationId: conversations[n]!,
            userId: platform.administratorId,
            content: text,
          })
        },
        count,
        () => allSent(platform),
      )
    } finally {
      await platform.stop()
    }
  },
}

const result = await byTurns(Number(values.rounds), async (way) => {
  const before = stack.smtp.received.length
  const rate = await ways[way]()
  const mails = stack.smtp.received.length - before
  if (mails !== count) throw new Error(`${way}: ${mails} mails left instead of ${count}`)
  return rate
})
await stack.stop()
console.log(JSON.stringify(result))

function allSent({ db }: Platform): Promise<void> {
  return until(async () => {
    const waiting = await db
      .selectFrom('messages')
      .select('id')
      .where('direction', '=', 'outgoing')
      .where('status', '<>', 'sent')
      .limit(1)
      .execute()
    return waiting.length === 0
  })
}

/** One mail each of so many customers. */
async function makeConversations(platform: Platform, ref: { accountId: number; inboxId: number }) {
  const { db } = platform
  await becameActive(platform)
  const importId = await db
    .insertInto('imports')
    .values({
      account_id: ref.accountId,
      inbox_id: ref.inboxId,
      number: 2,
      import_window: { kind: 'all' },
      status: 'cancelled',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const { fence } = await takeFence(db, { ...ref, folder: 'INBOX', kind: 'history' })
  const messages = Array.from({ length: count }, (_, n) =>
    mailOf(n, new Date(Date.now() - n * 60_000)),
  )
  await storeHistory(
    db,
    { ...ref, importId: importId.id, folder: 'INBOX', fence, nextCursor: null },
    { messages, poison: [], bytes: 0 },
  )
  const rows = await db.selectFrom('conversations').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}
