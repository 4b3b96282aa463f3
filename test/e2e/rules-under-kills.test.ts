// A rule's run while its worker is killed between every two of its steps: none is skipped, none is
// done twice, and whoever is told twice can tell by the id.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertWebhook } from '../../db/integrations.ts'
import type { Child } from '../../scripts/servers/child-process.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { type InboxRef, startWorld, type World } from './world.ts'

let world: World
let mailbox: Mailbox
let receiver: WebhookReceiver
let worker: Child
let ref: InboxRef

beforeAll(async () => {
  ;[world, mailbox, receiver] = await Promise.all([
    startWorld(),
    startMailbox(),
    startWebhookReceiver(),
  ])
  const { db, vault, accountId } = world
  await db.updateTable('automation_rules').set({ active: false }).execute()
  const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, 'a-secret')
  const { id } = await insertWebhook(db, accountId, { url: receiver.url, events: [] }, seal)
  const post = { action: 'send_webhook', webhook_id: id }
  await db
    .insertInto('automation_rules')
    .values({
      account_id: accountId,
      name: 'Steps',
      event: 'conversation_created',
      conditions: { all: [] },
      actions: [
        { action: 'add_note', content: 'Before' },
        post,
        { action: 'send_message', content: 'Between' },
        post,
        { action: 'add_note', content: 'After' },
        post,
      ],
    })
    .execute()
  worker = await world.startWorker()
  ref = await world.connect(mailbox)
  await waitFor(async () => (await phase()) === 'active', { what: 'active' })
})
afterAll(async () => {
  await world?.stop()
  await Promise.all([mailbox?.stop(), receiver?.stop()])
})

const phase = async () =>
  (await world.db.selectFrom('inboxes').select('phase').executeTakeFirstOrThrow()).phase
const deliveries = () => new Set(receiver.posted.map(({ headers }) => headers['webhook-id']))

test('a worker killed between every two steps of a rule makes it skip and repeat nothing', async () => {
  mailbox.deliver(
    `From: Ana <ana@live.test>\r\nSubject: Steps\r\nMessage-ID: <steps@live.test>\r\nDate: ${new Date().toUTCString()}\r\n\r\nHello`,
  )
  for (const step of [1, 2, 3]) {
    // Killed while the step is under way or just done: which of them is chance, and must not matter.
    await waitFor(() => deliveries().size === step, { what: `delivery ${step}` })
    await worker.stop('SIGKILL')
    worker = await world.startWorker()
  }
  const run = () => world.db.selectFrom('rule_runs').select('finished_at').executeTakeFirst()
  await waitFor(async () => (await run())?.finished_at, { what: 'the end of the run' })
  const receipts = await world.db.selectFrom('action_receipts').select('outcome').execute()
  expect(receipts.map(({ outcome }) => outcome)).toEqual(Array(6).fill('done'))
  expect(deliveries().size).toBe(3)
  const written = await world.db
    .selectFrom('messages')
    .select('content')
    .where('inbox_id', '=', ref.inboxId)
    .where('direction', '=', 'outgoing')
    .orderBy('id')
    .execute()
  expect(written.map(({ content }) => content)).toEqual(['Before', 'Between', 'After'])
}, 180_000)
