// The life of a WhatsApp number at Meta that no phone uses: connected, written to, answered.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChannels } from '../../channels/registry.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import { META_ENV, pushMeta } from '../api/meta-inbox.ts'
import { webhooksOf } from '../api/whatsapp-number.ts'
import { type GraphSimulator, Refusal, startGraph } from '../simulators/meta/graph.ts'
import type { SimulatedNumber } from '../simulators/meta/graph-whatsapp.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

let graph: GraphSimulator
let platform: Platform
let api: ApiOfPlatform
beforeAll(async () => {
  graph = await startGraph()
  platform = await startPlatform({
    channels: createChannels({ policy: graph.policy, meta: graph.app }),
    tuning: { pullEveryMs: 500 },
  })
  api = await apiOf(platform, { ...META_ENV, RATE_LIMIT: '100000' })
}, 60_000)
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  graph?.stop()
})

const shown = async ({ inboxId }: InboxRef) => (await api.get(`/inboxes/${inboxId}`)).body!
const push = (...entry: object[]) => pushMeta(api, entry, { object: 'whatsapp_business_account' })

let numbers = 0
async function connected(more: object = {}) {
  const number = graph.addNumber({ id: String(200_000 + ++numbers) })
  const { status, body } = await api.post('/inboxes/whatsapp_cloud', {
    name: 'WhatsApp',
    phone_number: number.number,
    phone_number_id: number.id,
    waba_id: number.wabaId,
    access_token: number.token,
    ...more,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  const ref = { accountId: platform.accountId, inboxId: body!.id as number }
  return { ref, number, hooks: webhooksOf(number, ref.inboxId) }
}

async function active(more: object = {}) {
  const one = await connected(more)
  await waitFor(async () => (await shown(one.ref)).state === 'active', { what: 'the inbox' })
  return one
}

async function spokenTo(more: object = {}) {
  const one = await active(more)
  await push(one.hooks.messages(one.hooks.text('Oi')))
  const [message] = await platform.messages(one.ref)
  return { ...one, conversation: message!.conversation_id as number }
}

const say = (conversation: number, content: string, more: object = {}) =>
  api.post(`/conversations/${conversation}/messages`, { content, ...more })
const outgoing = async (ref: InboxRef) =>
  (await platform.messages(ref)).filter(({ direction }) => direction === 'outgoing')
async function sent(number: SimulatedNumber, count: number) {
  await waitFor(() => number.sent.length >= count, { what: `${count} messages at Meta` })
  return number.sent.map(({ body }) => body)
}

test('a number is proved, Meta tells us of it, and its token is shown nowhere', async () => {
  const { ref, number } = await active()
  // Once the inbox is there: what came before would find none.
  await waitFor(() => number.subscribed, { what: 'the subscription' })
  const inbox = await shown(ref)
  expect(inbox).toMatchObject({ channel: 'whatsapp_cloud', attention: 'none' })
  // No phone has a part in it.
  expect(inbox.notices).toMatchObject([{ code: 'whatsapp_cannot_list' }])
  expect(JSON.stringify(inbox)).not.toContain(number.token)
})

test('a number of another account is refused in words, and nothing counts as connected', async () => {
  const { ref } = await connected({ phone_number: '+15559990000' })
  await waitFor(async () => (await shown(ref)).attention === 'red', { what: 'the refusal' })
  expect(await shown(ref)).toMatchObject({
    state: 'connecting',
    health: { receive: { reason: 'number_not_in_account', message: expect.any(String) } },
  })
})

test('answers leave in their order, with buttons, and their statuses come back', async () => {
  const { ref, number, hooks, conversation } = await spokenTo()
  const interactive = { kind: 'buttons', choices: [{ id: 'y', title: 'Sim' }] }
  await say(conversation, 'one')
  await say(conversation, 'two', { interactive })
  expect(await sent(number, 2)).toMatchObject([
    { type: 'text', text: { body: 'one' }, to: hooks.contact },
    { type: 'interactive', interactive: { type: 'button', body: { text: 'two' } } },
  ])
  const [first] = number.sent
  await push(hooks.statuses({ id: first!.id, status: 'read', timestamp: '1', recipient_id: 'x' }))
  await waitFor(async () => (await outgoing(ref))[0]!.status === 'read', { what: 'the status' })
})

test('what WhatsApp would not take is refused before anything is queued', async () => {
  const { ref, conversation } = await spokenTo()
  const four = Array.from({ length: 4 }, (_, at) => ({ id: `${at}`, title: `T${at}` }))
  const refusals = [
    [
      await say(conversation, 'x', { interactive: { kind: 'buttons', choices: four } }),
      'choices_wrong_count',
    ],
    [await say(conversation, 'x'.repeat(4097)), 'message_too_long'],
  ] as const
  for (const [{ status, body }, reason] of refusals) {
    expect([status, body!.details.reason]).toEqual([422, reason])
  }
  expect(await outgoing(ref)).toEqual([])
})

test('an answer after the window is refused with its end', async () => {
  const { ref, conversation } = await spokenTo()
  const wrote = new Date(Date.now() - 25 * 3_600_000)
  await platform.db
    .updateTable('messages')
    .set({ delivered_at: wrote })
    .where('inbox_id', '=', ref.inboxId)
    .execute()
  const { status, body } = await say(conversation, 'late')
  expect([status, body!.details]).toMatchObject([
    422,
    {
      reason: 'window_closed',
      window_ended_at: new Date(wrote.getTime() + 24 * 3_600_000).toISOString(),
    },
  ])
})

test('an approved template leaves after the window too, with its variables', async () => {
  const { ref, number, conversation } = await spokenTo()
  await platform.db
    .updateTable('messages')
    .set({ delivered_at: new Date(Date.now() - 48 * 3_600_000) })
    .where('inbox_id', '=', ref.inboxId)
    .execute()
  await waitFor(
    async () => (await api.get(`/inboxes/${ref.inboxId}/templates`)).body!.data.length > 0,
    { what: 'the templates' },
  )
  const template = { id: 'order_ready/pt_BR', variables: { '1': 'Bia', '2': '77' } }
  expect((await say(conversation, '', { template })).status).toBe(202)
  const [{ template: asSent }] = (await sent(number, 1)) as [{ template: object }]
  expect(asSent).toMatchObject({
    name: 'order_ready',
    language: { code: 'pt_BR' },
    components: [{ type: 'body', parameters: [{ text: 'Bia' }, { text: '77' }] }],
  })
})

test('a send whose reply is lost is unconfirmed and never repeated; its status settles it', async () => {
  const { ref, number, hooks, conversation } = await spokenTo()
  graph.dropReply = true
  await say(conversation, 'once')
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'unconfirmed', {
    what: 'the doubt',
  })
  const [message] = await outgoing(ref)
  const { id } = number.sent[0]!
  const status = {
    id,
    status: 'delivered',
    timestamp: '1',
    biz_opaque_callback_data: `${message!.id}`,
  }
  await push(hooks.statuses(status))
  expect(await outgoing(ref)).toMatchObject([{ status: 'delivered', external_id: id }])
  expect(number.sent).toHaveLength(1)
})

test('a file that comes in is fetched at once from where Meta says it lies', async () => {
  const { ref, hooks } = await active()
  graph.media.set('media-7', {
    url: `${graph.app.graphUrl}/files/media-7`,
    contentType: 'image/png',
  })
  const image = { id: 'media-7', mime_type: 'image/png' }
  await push(hooks.messages(hooks.written({ type: 'image', image })))
  const file = await waitFor(
    async () => {
      const [message] = await platform.messages(ref)
      const found = await platform.db
        .selectFrom('attachments')
        .selectAll()
        .where('message_id', '=', message!.id)
        .where('state', '=', 'stored')
        .executeTakeFirst()
      return found
    },
    { what: 'the file' },
  )
  expect(file.size).toBe(graph.fileBytes.length)
})

test('a dead token turns the inbox red, and messages are stored all the same', async () => {
  const { ref, number, hooks, conversation } = await spokenTo()
  graph.deaths.set(number.token, 460)
  await say(conversation, 'x')
  await waitFor(async () => (await shown(ref)).state === 'reauthorization_required', {
    what: 'red',
  })
  expect((await shown(ref)).attention).toBe('red')
  await push(hooks.messages(hooks.text('still here')))
  expect(await platform.messages(ref)).toHaveLength(3)
})

test('Meta’s bad hour is no reason for red', async () => {
  const { ref, number, conversation } = await spokenTo()
  graph.failures.push(new Refusal(401, 190, 'Error validating access token', 463))
  await say(conversation, 'x')
  await sent(number, 1)
  expect((await shown(ref)).state).toBe('active')
})

test('every message was as Meta’s document says', () => {
  expect(graph.problems).toEqual([])
})
