// Webhooks while the API that takes them is killed, and while Temporal, which they are for, is away:
// what a provider has to repeat is stored once, and what it need not repeat is not lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertWebhook } from '../../db/integrations.ts'
import type { Child } from '../../scripts/servers/child-process.ts'
import { freePort } from '../../scripts/servers/ports.ts'
import { type PostgresProxy, startPostgresProxy } from '../simulators/postgres-proxy.ts'
import { inbound, type SimMessage, type SimSender } from '../simulators/twilio/resources.ts'
import { postSigned } from '../simulators/twilio/signed-post.ts'
import { startTwilio, type TwilioSimulator } from '../simulators/twilio/twilio.ts'
import { waitFor } from '../support/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { startWorld, type World } from './world.ts'

const CONTACT = 'whatsapp:+5511987654321'

let world: World
let twilio: TwilioSimulator
let receiver: WebhookReceiver
let proxy: PostgresProxy
/** Where Twilio finds us, whichever process answers there. */
let port: number
let api: Child
/** Beside the one that is killed. */
let other: Child
let otherUrl: string

beforeAll(async () => {
  ;[twilio, receiver, port] = await Promise.all([startTwilio(), startWebhookReceiver(), freePort()])
  world = await startWorld({ env: { TWILIO_URL: twilio.origin, PUBLIC_URL: publicUrl() } })
  proxy = await startPostgresProxy(world.postgres.port)
  const { db, vault, accountId } = world
  const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, 'a-secret')
  await insertWebhook(db, accountId, { url: receiver.url, events: ['message.created'] }, seal)
  await Promise.all([world.startWorker(), openApi()])
  const otherPort = await freePort()
  otherUrl = `http://127.0.0.1:${otherPort}`
  other = await world.startApiAt(otherPort)
}, 180_000)
afterAll(async () => {
  await world?.stop()
  proxy?.close()
  await Promise.all([twilio?.stop(), receiver?.stop()])
})

const publicUrl = () => `http://127.0.0.1:${port}`

async function openApi(): Promise<void> {
  const database = new URL(world.env.DATABASE_URL)
  database.port = String(proxy.port)
  api = await world.startApiAt(port, { DATABASE_URL: database.href })
}

/** Killed while it waits for a reply of Postgres that never comes. */
async function killWhereItWaits(): Promise<void> {
  await waitFor(() => proxy.struck, { what: 'the reply that is held back' })
  await api.stop('SIGKILL')
}

async function call(method: string, path: string, body?: object) {
  const response = await fetch(`${publicUrl()}/api/v1/accounts/${world.accountId}${path}`, {
    method,
    headers: { api_access_token: world.adminKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(response.status, `${method} ${path}`).toBeLessThan(300)
  return (await response.json()) as { id: number; settings: { callback?: { state: string } } }
}

let numbers = 0
async function connected(): Promise<{ sender: SimSender; inboxId: number }> {
  const sender = twilio.sender(twilio.account(), `+1415300${String(++numbers).padStart(4, '0')}`)
  const { id } = await call('POST', '/inboxes/whatsapp_twilio', {
    name: 'WhatsApp',
    phone_number: sender.number,
    account_sid: sender.account.sid,
    auth_token: sender.account.token,
  })
  const callback = async () => (await call('GET', `/inboxes/${id}`)).settings.callback
  await waitFor(async () => (await callback())?.state === 'set', { what: 'the webhook to be set' })
  return { sender, inboxId: id }
}

const stored = (inboxId: number) =>
  world.db
    .selectFrom('messages')
    .select(['id', 'content', 'direction', 'status', 'conversation_id'])
    .where('inbox_id', '=', inboxId)
    .orderBy('id')
    .execute()
const contents = async (inboxId: number) => (await stored(inboxId)).map(({ content }) => content)

/** What the webhooks of the account were told of an inbox, in the order they were. */
function told(inboxId: number): string[] {
  const bodies = new Map(receiver.posted.map((one) => [one.headers['webhook-id'], one.text]))
  return [...bodies.values()]
    .map((text) => JSON.parse(text).data)
    .filter(({ conversation }) => conversation.inbox_id === inboxId)
    .map(({ message }) => message.content)
}

async function isTold(inboxId: number, texts: string[]): Promise<void> {
  await waitFor(() => told(inboxId).length >= texts.length, { what: `${texts.length} to be told` })
  expect(told(inboxId)).toEqual(texts)
}

test.each([
  { tag: 'INSERT', kept: [] },
  { tag: 'UPDATE', kept: [] },
  { tag: 'COMMIT', kept: ['oi'] },
] as const)(
  'an API killed before it hears of its $tag has kept $kept.length, and the repeat makes it one',
  async ({ tag, kept }) => {
    const { sender, inboxId } = await connected()
    proxy.holdReplyTo(tag)
    const receiving = twilio.receive(sender, CONTACT, 'oi')
    await killWhereItWaits()
    const { message, status } = await receiving
    expect(status).toBeUndefined()
    expect(await contents(inboxId)).toEqual(kept)
    await openApi()
    expect(await twilio.tellAgain(message)).toBe(200)
    expect(await contents(inboxId)).toEqual(['oi'])
    await isTold(inboxId, ['oi'])
  },
)

test('fifty messages at once and a kill between two batches: none was accepted, none is lost', async () => {
  const { sender, inboxId } = await connected()
  const texts = Array.from({ length: 50 }, (_, at) => `mensagem ${at}`)
  proxy.holdReplyTo('COMMIT')
  const receiving = texts.map((text, at) =>
    twilio.receive(sender, `whatsapp:+55119000000${at % 5}`, text),
  )
  await killWhereItWaits()
  const sent = await Promise.all(receiving)
  expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([undefined]))
  expect(await contents(inboxId)).not.toEqual([])
  await openApi()
  const again = await Promise.all(sent.map(({ message }) => twilio.tellAgain(message)))
  expect(new Set(again)).toEqual(new Set([200]))
  expect((await contents(inboxId)).sort()).toEqual(texts.toSorted())
})

test.each([10, 50])(
  '%i deliveries of one event at once, to two processes, are one message',
  async (count) => {
    const { sender, inboxId } = await connected()
    const { message } = await twilio.receive(sender, CONTACT, 'oi', { silent: true })
    const [url, { token }] = [sender.webhook.callback_url!, sender.account]
    const deliver = (_: unknown, at: number) =>
      postSigned(url, token, inbound(message), at % 2 === 0 ? publicUrl() : otherUrl)
    const statuses = await Promise.all(Array.from({ length: count }, deliver))
    expect(statuses).toEqual(Array(count).fill(200))
    expect(await contents(inboxId)).toEqual(['oi'])
    await isTold(inboxId, ['oi'])
  },
)

test('while Temporal is away webhooks are accepted, and told in order once it is back', async () => {
  const { sender, inboxId } = await connected()
  await world.temporal.stop()
  const texts = Array.from({ length: 10 }, (_, at) => `sem temporal ${at}`)
  for (const text of texts) {
    expect((await twilio.receive(sender, CONTACT, text)).status).toBe(200)
  }
  expect((await fetch(`${publicUrl()}/health/ready`)).status).toBe(200)
  expect(await contents(inboxId)).toEqual(texts)
  expect(told(inboxId)).toEqual([])
  await world.temporal.restart()
  await isTold(inboxId, texts)
  const conversations = () =>
    world.db
      .selectFrom('conversations')
      .select(['last_seq', 'handled_seq'])
      .where('inbox_id', '=', inboxId)
      .execute()
  await waitFor(
    async () => (await conversations()).every((one) => one.handled_seq === one.last_seq),
    { what: 'every event to be handled' },
  )
  // The conversation began, and ten messages came.
  expect(await conversations()).toEqual([{ last_seq: 11, handled_seq: 11 }])
})

test('statuses that are repeated after a kill, or late, change nothing twice and nothing back', async () => {
  const { sender, inboxId } = await connected()
  twilio.statuses = ['sent']
  await twilio.receive(sender, CONTACT, 'oi')
  const [{ conversation_id } = { conversation_id: 0 }] = await stored(inboxId)
  await call('POST', `/conversations/${conversation_id}/messages`, { content: 'resposta' })
  const answer = async () =>
    (await stored(inboxId)).find(({ direction }) => direction === 'outgoing')!
  await waitFor(async () => (await answer()).status === 'sent', { what: 'sent' })
  await twilio.settled()
  const message = twilio.messages.find(({ body }) => body === 'resposta') as SimMessage
  proxy.holdReplyTo('COMMIT')
  const telling = twilio.tellAgain(message, 'delivered')
  await killWhereItWaits()
  expect(await telling).toBeUndefined()
  expect((await answer()).status).toBe('delivered')
  await openApi()
  for (const status of ['delivered', 'sent', 'queued', 'read', 'delivered', 'sent']) {
    expect(await twilio.tellAgain(message, status)).toBe(200)
  }
  expect((await answer()).status).toBe('read')
  const events = await world.db
    .selectFrom('account_events')
    .select('data')
    .where('kind', '=', 'message.updated')
    .orderBy('id')
    .execute()
  const { id } = await answer()
  const changes = (events.map(({ data }) => data) as { message_id: number; status: string }[])
    .filter(({ message_id }) => message_id === id)
    .map(({ status }) => status)
  expect(changes.filter((status) => status === 'delivered' || status === 'read')).toEqual([
    'delivered',
    'read',
  ])
})

test('what came while no API served is listed at the provider as soon as one is back', async () => {
  const { sender, inboxId } = await connected()
  await twilio.receive(sender, CONTACT, 'antes')
  await Promise.all([api.stop('SIGKILL'), other.stop('SIGKILL')])
  for (const text of ['perdida um', 'perdida dois']) {
    expect((await twilio.receive(sender, CONTACT, text)).status).toBeUndefined()
  }
  const served_at = new Date(Date.now() - 60_000)
  await world.db.updateTable('api_presence').set({ served_at }).execute()
  await openApi()
  await waitFor(async () => (await contents(inboxId)).length === 3, { what: 'what was missed' })
  await isTold(inboxId, ['antes', 'perdida um', 'perdida dois'])
})
