// Rules on real servers: they wait, post, mail and begin automations; workers come and go meanwhile.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeConversation } from '../../db/changes-by-people.ts'
import { insertWebhook } from '../../db/integrations.ts'
import { insertTeam, setTeamMembers } from '../../db/teams.ts'
import {
  CONVERSATION_EVENTS,
  listWebhookDeliveries,
  replayWebhookDelivery,
} from '../../db/webhook-deliveries.ts'
import type { RuleAction } from '../../domain/rule-actions.ts'
import { type SmtpServer, startSmtp } from '../../scripts/servers/smtp.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let receiver: WebhookReceiver
let relay: SmtpServer
let ref: { accountId: number; inboxId: number }
let webhookId: number
let team: number

beforeAll(async () => {
  ;[relay, receiver, mailbox] = await Promise.all([
    startSmtp({ users: { 'desk@relay.test': 'relay secret' } }),
    startWebhookReceiver(),
    startMailbox(),
  ])
  const url = `smtp://desk%40relay.test:relay%20secret@127.0.0.1:${relay.port}?encryption=none`
  const systemMailer = { url, from: 'desk@relay.test', publicUrl: 'https://chat.test' }
  // A minute's wait of an automation is over after two seconds.
  const clock = () => new Date(Date.now() - 58_000)
  platform = await startPlatform({ systemMailer, clock, tuning: { claudiaQuietMs: 0 } })
  const { db, vault, accountId, administratorId } = platform
  const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, 'a-secret')
  ;({ id: webhookId } = await insertWebhook(db, accountId, { url: receiver.url, events: [] }, seal))
  team = (await insertTeam(db, accountId, 'Night'))!.id
  await setTeamMembers(db, accountId, team, [administratorId, platform.claudiaId])
  await db.updateTable('automation_rules').set({ active: false }).execute()
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await Promise.all([relay?.stop(), receiver?.stop(), mailbox?.stop()])
})

async function rule(word: string, actions: RuleAction[]) {
  await platform.db
    .insertInto('automation_rules')
    .values({
      account_id: platform.accountId,
      name: word,
      event: 'conversation_created',
      conditions: { attribute: 'content', operator: 'contains', values: [word] },
      actions,
    })
    .execute()
}

function arrives(text: string, from = 'customer@customer.test') {
  const at = new Date()
  const id = `${Math.random().toString(36).slice(2)}@customer.test`
  const head = [
    `From: ${from}`,
    `To: ${mailbox.address}`,
    `Subject: ${text}`,
    `Message-ID: <${id}>`,
  ]
  mailbox.deliver([...head, `Date: ${at.toUTCString()}`, '', text].join('\r\n'), {
    internalDate: at,
  })
}

/** As if the minute had passed. */
async function endTheWait() {
  const runs = await platform.db
    .updateTable('rule_runs')
    .set({ due_at: new Date(Date.now() - 3_600_000) })
    .where('waits_for', '=', 'time')
    .returning(['account_id', 'conversation_id'])
    .execute()
  for (const { account_id, conversation_id } of runs) {
    const conversation = { accountId: account_id, conversationId: conversation_id }
    await platform.temporal.wakeConversation(conversation)
  }
}

async function receipts(word: string) {
  const rows = await platform.db
    .selectFrom('action_receipts as a')
    .innerJoin('rule_runs as r', 'r.id', 'a.run_id')
    .innerJoin('automation_rules as rule', 'rule.id', 'r.rule_id')
    .select(['a.action', 'a.outcome', 'a.reason', 'a.run_id'])
    .where('rule.name', '=', word)
    .orderBy('a.run_id')
    .orderBy('a.step')
    .execute()
  return rows
}
const outcomes = async (word: string) => (await receipts(word)).map(({ outcome }) => outcome)
const settled = (word: string, count: number) =>
  waitFor(
    async () => {
      const found = await outcomes(word)
      return found.length === count && !found.includes('pending')
    },
    { what: `${count} receipts of "${word}"` },
  )
/** Whoever wrote it. */
const sent = async (content: string) =>
  (await platform.messages(ref)).filter((one) => one.content === content)

test('a rule posts, waits and writes, each once, with another worker after every step', async () => {
  await rule('relayed', [
    { action: 'send_webhook', webhook_id: webhookId },
    { action: 'wait', minutes: 1 },
    { action: 'send_message', content: 'After the wait' },
    { action: 'email_team', team_id: team, content: 'Look at this' },
    { action: 'add_label', labels: ['through'] },
  ])
  receiver.answer(503)
  let worker = platform.firstWorker
  const steps = [
    async () => receiver.posted.length >= 1,
    async () => (await receipts('relayed')).some(({ action }) => action === 'wait'),
    async () => (await sent('After the wait')).length > 0,
  ]
  arrives('Please be relayed')
  for (const [at, reached] of steps.entries()) {
    await waitFor(reached, { what: `step ${at}` })
    if (at === 1) await endTheWait()
    const next = await platform.addWorker()
    await worker.stop()
    worker = next
  }
  await settled('relayed', 5)
  expect(await outcomes('relayed')).toEqual(Array(5).fill('done'))
  expect(await sent('After the wait')).toHaveLength(1)
  // The refused try and its repeat are one delivery.
  expect(new Set(receiver.posted.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  const told = JSON.parse(receiver.posted.at(-1)!.text)
  expect(told).toMatchObject({ type: 'rule.matched', data: { account_id: platform.accountId } })
  await relay.waitFor(1)
  expect(relay.received).toHaveLength(1)
  const [conversation] = await platform.db.selectFrom('conversations').select('labels').execute()
  expect(conversation!.labels).toEqual(['through'])
})

test('an automation begun by a rule follows up, and its receipt tells the end', async () => {
  await rule('silent', [
    {
      action: 'run_workflow',
      workflow: 'followUp',
      parameters: { minutes: 1, message: 'Text of a follow-up' },
    },
    { action: 'add_label', labels: ['begun'] },
  ])
  arrives('I shall be silent')
  await waitFor(async () => (await receipts('silent'))[0]?.reason === 'running', {
    what: 'its start',
  })
  const [begun] = await receipts('silent')
  await platform.client.workflow.getHandle(workflowIds.automation(begun!.run_id, 0)).result()
  expect(await outcomes('silent')).toEqual(['done', 'done'])
  expect(await sent('Text of a follow-up')).toMatchObject([{ user_id: null }])
  const parts = await platform.db
    .selectFrom('automation_receipts')
    .select(['part', 'action', 'outcome'])
    .execute()
  expect(parts).toEqual([{ part: 1, action: 'send_message', outcome: 'done' }])
})

test('a reply reaches a waiting automation and ends it', async () => {
  await rule('answered', [
    {
      action: 'run_workflow',
      workflow: 'followUp',
      parameters: { minutes: 60, message: 'Text of nobody' },
    },
  ])
  const from = 'second@customer.test'
  arrives('I shall be answered', from)
  await waitFor(async () => (await receipts('answered'))[0]?.reason === 'running', {
    what: 'its start',
  })
  const [first] = (await platform.messages(ref)).filter(({ content }) =>
    content.includes('be answered'),
  )
  const reply = [
    `From: ${from}`,
    `To: ${mailbox.address}`,
    'Subject: Re: I shall be answered',
    'Message-ID: <reply@customer.test>',
    `In-Reply-To: <${first!.source_id}>`,
    `Date: ${new Date().toUTCString()}`,
    '',
    'Here I am',
  ]
  mailbox.deliver(reply.join('\r\n'), { internalDate: new Date() })
  await settled('answered', 1)
  expect(await sent('Text of nobody')).toEqual([])
})

test('the other examples end as they should on real servers', async () => {
  await rule('escalated', [
    {
      action: 'run_workflow',
      workflow: 'vipEscalation',
      parameters: { team, minutes: 1, mail: 'Text of an escalation' },
    },
    { action: 'change_status', status: 'resolved' },
    {
      action: 'run_workflow',
      workflow: 'satisfactionSurvey',
      parameters: { minutes: 1, question: 'Text of a question', thanks: 'Text of thanks' },
    },
  ])
  arrives('I am to be escalated', 'third@customer.test')
  await relay.waitFor(2)
  await waitFor(async () => (await sent('Text of a question')).length === 1, {
    what: 'the question',
  })
  const [escalation, , survey] = await receipts('escalated')
  await platform.client.workflow.getHandle(workflowIds.automation(escalation!.run_id, 0)).result()
  expect((await receipts('escalated'))[0]!.outcome).toBe('done')
  // It waits for a reply for a week.
  await platform.client.workflow.getHandle(workflowIds.automation(survey!.run_id, 2)).cancel()
  await waitFor(async () => (await receipts('escalated'))[2]!.outcome === 'failed', {
    what: 'its end',
  })
  expect((await receipts('escalated'))[2]!.reason).toBe('cancelled')
})

test('a webhook hears of each event once and in order, however often it fails, and again when asked', async () => {
  const { db, vault, accountId } = platform
  const listener = await startWebhookReceiver()
  listener.answer(503, 500)
  const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, 'a-secret')
  const webhook = { url: listener.url, events: [...CONVERSATION_EVENTS] }
  const { id } = await insertWebhook(db, accountId, webhook, seal)
  arrives('Text of an order', 'fourth@customer.test')
  const message = await waitFor(async () => (await sent('Text of an order'))[0], {
    what: 'the mail',
  })
  const conversationId = message.conversation_id
  await changeConversation(db, accountId, conversationId, { status: 'resolved' })
  const told = () => listener.posted.map(({ text }) => JSON.parse(text).type)
  const inOrder = [
    'conversation.created',
    'message.created',
    'conversation.updated',
    'conversation.resolved',
  ]
  await waitFor(() => told().length === 6, { what: 'two failures and four deliveries' })
  expect(told()).toEqual(['conversation.created', 'conversation.created', ...inOrder])
  expect(new Set(listener.posted.map(({ headers }) => headers['webhook-id'])).size).toBe(4)
  expect(JSON.parse(listener.posted[3]!.text).data).toMatchObject({
    account_id: accountId,
    conversation: { id: conversationId, contact: { email: 'fourth@customer.test' } },
    message: { id: message.id, content: 'Text of an order' },
  })
  const log = await listWebhookDeliveries(db, accountId, { webhookId: id, limit: 10 })
  expect(log.map(({ status, tries }) => [status, tries])).toEqual([
    ['delivered', 1],
    ['delivered', 1],
    ['delivered', 1],
    ['delivered', 3],
  ])
  await replayWebhookDelivery(db, accountId, log[2]!.id)
  await waitFor(() => told().length === 7, { what: 'the replay' })
  expect(told().at(-1)).toBe('message.created')
  expect(listener.posted[6]!.headers['webhook-id']).toBe(listener.posted[3]!.headers['webhook-id'])
  await listener.stop()
})

test('an event that nobody took for a day is given up, and the next one has its turn', async () => {
  const { db, vault, accountId } = platform
  const listener = await startWebhookReceiver()
  const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, 'a-secret')
  const webhook = { url: listener.url, events: ['conversation.created', 'message.created'] }
  const { id } = await insertWebhook(db, accountId, webhook, seal)
  listener.answer(500)
  await db
    .updateTable('webhook_deliveries')
    .set({ due_since: new Date(0), webhook_id: id, status: 'pending', tries: 0 })
    .where('id', 'in', db.selectFrom('webhook_deliveries').select('id').orderBy('id').limit(2))
    .execute()
  const [first, second] = await listWebhookDeliveries(db, accountId, { webhookId: id, limit: 2 })
  await platform.temporal.wakeWebhooks({ accountId, conversationId: first!.conversation_id })
  await waitFor(() => listener.posted.length === 2, { what: 'one try each' })
  const status = async (of: number) =>
    (await listWebhookDeliveries(db, accountId, { webhookId: id, limit: 9 })).find(
      (one) => one.id === of,
    )!
  await waitFor(async () => (await status(first!.id)).status === 'delivered', {
    what: 'the second event',
  })
  expect(await status(second!.id)).toMatchObject({
    status: 'failed',
    response_status: 500,
    tries: 1,
  })
  await listener.stop()
})

test('what waits outside and whose workflow was lost is done when the next worker reconciles', async () => {
  const { db } = platform
  const lost = new Date(Date.now() - 3_600_000)
  const [receipt] = await receipts('relayed')
  await db
    .updateTable('action_receipts')
    .set({ outcome: 'pending', created_at: lost })
    .where('run_id', '=', receipt!.run_id)
    .where('step', '=', 0)
    .execute()
  const listener = await startWebhookReceiver()
  const seal = (id: number) =>
    platform.vault.seal({ accountId: platform.accountId, row: `webhooks/${id}` }, 'a-secret')
  const webhook = { url: listener.url, events: ['message.created'] }
  const { id } = await insertWebhook(db, platform.accountId, webhook, seal)
  await db
    .updateTable('webhook_deliveries')
    .set({ due_since: lost, webhook_id: id, status: 'pending' })
    .where('id', 'in', db.selectFrom('webhook_deliveries').select('id').orderBy('id').limit(1))
    .execute()
  const before = receiver.posted.length
  await platform.addWorker()
  await waitFor(async () => (await outcomes('relayed'))[0] === 'done', { what: 'the action' })
  expect(receiver.posted).toHaveLength(before + 1)
  await waitFor(() => listener.posted.length === 1, { what: 'the delivery' })
  await listener.stop()
})
