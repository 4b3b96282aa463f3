// The life of a WhatsApp inbox at Twilio: connected, written to, answered, cut off, mended, left.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChannels } from '../../channels/registry.ts'
import { freePort } from '../../scripts/servers/ports.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import type { SimSender } from '../simulators/twilio/resources.ts'
import { startTwilio, type TwilioSimulator } from '../simulators/twilio/twilio.ts'
import { fileForm } from '../support/file-form.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

let twilio: TwilioSimulator
let platform: Platform
let api: ApiOfPlatform
let port: number
const env = () => ({ PUBLIC_URL: `http://127.0.0.1:${port}`, RATE_LIMIT: '100000' })

async function openApi(): Promise<void> {
  api = await apiOf(platform, env())
  await api.app.listen({ host: '127.0.0.1', port })
}

beforeAll(async () => {
  port = await freePort()
  twilio = await startTwilio()
  platform = await startPlatform({
    channels: createChannels({
      policy: { allowHosts: ['127.0.0.0/8'] },
      twilioOrigin: twilio.origin,
    }),
    publicUrl: env().PUBLIC_URL,
    tuning: { lookInListForMs: 500, lookInSentEveryMs: 100 },
  })
  await openApi()
}, 60_000)
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  await twilio?.stop()
})

const CONTACT = 'whatsapp:+5511987654321'
let numbers = 0

function newSender(): SimSender {
  return twilio.sender(twilio.account(), `+1415200${String(++numbers).padStart(4, '0')}`)
}

async function connect(sender: SimSender, more: object = {}) {
  const { status, body } = await api.post('/inboxes/whatsapp_twilio', {
    name: 'WhatsApp',
    phone_number: sender.number,
    account_sid: sender.account.sid,
    auth_token: sender.account.token,
    ...more,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return { accountId: platform.accountId, inboxId: body!.id as number }
}

const shown = async ({ inboxId }: InboxRef) => (await api.get(`/inboxes/${inboxId}`)).body!

async function connected(sender = newSender()) {
  const ref = await connect(sender)
  await waitFor(async () => (await shown(ref)).settings.callback?.state === 'set', {
    what: 'the webhook to be set',
  })
  return { ref, sender }
}

async function conversationOf(ref: InboxRef): Promise<number> {
  const found = await waitFor(
    async () => (await platform.messages(ref)).find(({ direction }) => direction === 'incoming'),
    { what: 'a message of the contact' },
  )
  return found!.conversation_id
}

const say = (conversation: number, content: string, more: object = {}) =>
  api.post(`/conversations/${conversation}/messages`, { content, ...more })
const outgoing = async (ref: InboxRef) =>
  (await platform.messages(ref)).filter(({ direction }) => direction === 'outgoing')
const atTwilio = (sender: SimSender) =>
  twilio.messages.filter(({ from }) => from === `whatsapp:${sender.number}`)

async function settled(ref: InboxRef, statuses: string[]): Promise<void> {
  await waitFor(
    async () => {
      const now = (await outgoing(ref)).map(({ status }) => status)
      return JSON.stringify(now) === JSON.stringify(statuses)
    },
    { what: `statuses ${statuses}` },
  )
}

test('a number is verified, its webhook led here, and ClaudIA joins by herself', async () => {
  const sender = newSender()
  sender.webhook = {
    ...sender.webhook,
    callback_url: 'https://shop.example/before',
    status_callback_url: 'https://shop.example/statuses',
  }
  const { ref } = await connected(sender)
  const inbox = await shown(ref)
  expect(inbox).toMatchObject({ state: 'active', attention: 'none', channel: 'whatsapp_twilio' })
  const ours = `${env().PUBLIC_URL}/webhooks/whatsapp_twilio/${ref.inboxId}`
  expect(sender.webhook).toMatchObject({
    callback_url: `${ours}#rc=3&rp=all`,
    fallback_url: ours,
    status_callback_url: 'https://shop.example/statuses',
  })
  expect(inbox.settings.callback.previous.callback_url).toBe('https://shop.example/before')
  expect(JSON.stringify(inbox)).not.toContain(sender.account.token)
  const joined = () =>
    platform.db
      .selectFrom('inbox_members')
      .select('user_id')
      .where('inbox_id', '=', ref.inboxId)
      .execute()
  await waitFor(async () => (await joined()).length > 0, { what: 'ClaudIA to join' })
  expect(await joined()).toEqual([{ user_id: platform.claudiaId }])
  const webhook = async () => (await api.get(`/inboxes/${ref.inboxId}/webhook`)).body!
  expect(await webhook()).toMatchObject({ state: 'set', first_delivery_at: null })
  await twilio.receive(sender, CONTACT, 'Olá')
  expect((await webhook()).first_delivery_at).not.toBeNull()

  expect((await api.remove(`/inboxes/${ref.inboxId}`)).status).toBe(200)
  await waitFor(async () => sender.webhook.callback_url === 'https://shop.example/before', {
    what: 'the address of before to be back',
  })
})

test('what Twilio refuses is told with its reason, and nothing is connected', async () => {
  const wrong = newSender()
  const suspended = newSender()
  suspended.account.status = 'suspended'
  const foreign = { ...newSender(), number: '+14159999999' }
  const cases: [SimSender, object, string][] = [
    [wrong, { auth_token: 'wrong-token-of-somebody' }, 'auth_token_refused'],
    [suspended, {}, 'account_suspended'],
    [foreign, {}, 'sender_not_found'],
  ]
  for (const [sender, more, reason] of cases) {
    const ref = await connect(sender, more)
    const inbox = await waitFor(
      async () => {
        const now = await shown(ref)
        return now.health.receive.reason ? now : undefined
      },
      { what: reason },
    )
    expect(inbox!.health.receive).toMatchObject({ reason, message: expect.stringMatching(/\S/) })
    expect(inbox!.attention).toBe('red')
    expect(
      await platform.db
        .selectFrom('credentials')
        .select('inbox_id')
        .where('inbox_id', '=', ref.inboxId)
        .execute(),
    ).toEqual([])
  }
})

test('a conversation goes both ways, with files, and every status is told', async () => {
  const { ref, sender } = await connected()
  const content = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  await twilio.receive(sender, CONTACT, 'olha', {
    media: [{ type: 'image/png', content, missing: 1 }],
  })
  const conversation = await conversationOf(ref)
  const file = await waitFor(
    async () => {
      const [message] = (await api.get(`/conversations/${conversation}/messages`)).body!.data
      return message?.attachments[0]?.state === 'stored' ? message.attachments[0] : undefined
    },
    { what: 'the picture' },
  )
  expect(file).toMatchObject({ file_name: 'image-1.png', size: content.length })

  const form = await fileForm('%PDF-1.4 nota', { name: 'nota.pdf', type: 'application/pdf' })
  const upload = await api.post('/uploads', form.payload, form.headers)
  expect(upload.status, JSON.stringify(upload.body)).toBe(201)
  expect((await say(conversation, 'primeira')).status).toBe(202)
  expect((await say(conversation, 'com nota', { attachments: [upload.body!.id] })).status).toBe(202)
  await settled(ref, ['delivered', 'delivered'])
  const sent = atTwilio(sender)
  expect(sent.map(({ body, to }) => [body, to])).toEqual([
    ['primeira', CONTACT],
    ['com nota', CONTACT],
  ])
  // Twilio opens the file without a key of ours.
  const url = sent[1]!.media[0]!.type
  expect(url).toContain(`${env().PUBLIC_URL}/api/v1/accounts/`)
  expect(await (await fetch(url)).text()).toBe('%PDF-1.4 nota')
  expect(twilio.problems).toEqual([])
})

test('a reply that is lost is found in the list and not sent again; a lost request is', async () => {
  const { ref, sender } = await connected()
  twilio.statuses = []
  try {
    await twilio.receive(sender, CONTACT, 'oi')
    const conversation = await conversationOf(ref)
    twilio.faults.push({ kind: 'lost_reply' })
    await say(conversation, 'mesmo texto')
    await settled(ref, ['sent'])
    expect(atTwilio(sender)).toHaveLength(1)
    twilio.faults.push({ kind: 'lost_request' })
    // The same words as before: what is found must not be the earlier message.
    await say(conversation, 'mesmo texto')
    await settled(ref, ['sent', 'sent'])
    expect(atTwilio(sender)).toHaveLength(2)
    const ids = (await outgoing(ref)).map(({ external_id }) => external_id)
    expect(ids).toEqual(atTwilio(sender).map(({ sid }) => sid))
  } finally {
    twilio.statuses = ['queued', 'sent', 'delivered']
  }
})

test('a limit delays a conversation without reordering it', async () => {
  const { ref, sender } = await connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await conversationOf(ref)
  twilio.faults.push(
    { kind: 'status', status: 429, code: 20429, message: 'Too Many Requests' },
    { kind: 'status', status: 400, code: 21610, message: 'Opted out' },
  )
  for (const text of ['um', 'dois', 'três']) await say(conversation, text)
  await settled(ref, ['failed', 'delivered', 'delivered'])
  // The first met the limit, came again before the others, and was refused for good.
  expect((await outgoing(ref))[0]).toMatchObject({
    content: 'um',
    error_code: 'recipient_opted_out',
  })
  expect(atTwilio(sender).map(({ body }) => body)).toEqual(['dois', 'três'])
})

test('outside the window free text is refused before it is queued, and a template goes out', async () => {
  const { ref, sender } = await connected()
  twilio.templates.push({
    sid: 'HX00000000000000000000000000000001',
    friendly_name: 'pedido',
    language: 'pt_BR',
    variables: { 1: 'Ana' },
    types: { 'twilio/text': { body: 'Olá {{1}}, seu pedido chegou.' } },
    approval_requests: { status: 'approved' },
  })
  await api.post(`/inboxes/${ref.inboxId}/sync`)
  const templates = () => api.get(`/inboxes/${ref.inboxId}/templates`)
  await waitFor(async () => (await templates()).body!.data.length === 1, { what: 'the template' })
  const at = new Date(Date.now() - 25 * 3_600_000)
  await twilio.receive(sender, CONTACT, 'ontem', { at })
  const conversation = await conversationOf(ref)
  await platform.db
    .updateTable('messages')
    .set({ delivered_at: at })
    .where('inbox_id', '=', ref.inboxId)
    .execute()
  const refused = await say(conversation, 'tarde demais')
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'message_not_sendable', details: { reason: 'window_closed' } },
  })
  const id = 'HX00000000000000000000000000000001'
  const template = { id, variables: { 1: 'Bia' } }
  expect((await say(conversation, '', { template: { id, variables: {} } })).status).toBe(400)
  const queued = await say(conversation, '', { template })
  expect(queued).toMatchObject({ status: 202, body: { content: 'Olá Bia, seu pedido chegou.' } })
  await settled(ref, ['delivered'])
  expect(atTwilio(sender)).toMatchObject([{ contentSid: id, contentVariables: '{"1":"Bia"}' }])
})

test('what the channel has not is refused with what takes its place', async () => {
  const { ref, sender } = await connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await conversationOf(ref)
  for (const content_type of ['buttons', 'list', 'form']) {
    expect(await say(conversation, 'escolha', { content_type })).toMatchObject({
      status: 422,
      body: {
        code: 'channel_feature_unsupported',
        details: { feature: content_type, alternative: 'template' },
      },
    })
  }
  expect(await say(conversation, 'x'.repeat(1601))).toMatchObject({
    body: { details: { reason: 'message_too_long', limit: 1600 } },
  })
  expect(await outgoing(ref)).toEqual([])
})

test('a window that closed by Twilio’s clock fails the message with the same reason', async () => {
  const { ref, sender } = await connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await conversationOf(ref)
  twilio.faults.push({ kind: 'fails_later', code: 63016 })
  await say(conversation, 'tarde')
  await settled(ref, ['failed'])
  expect((await outgoing(ref))[0]).toMatchObject({ error_code: 'window_closed' })
})

test('while paused what comes in is stored, and answers wait for the end of it', async () => {
  const { ref, sender } = await connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await conversationOf(ref)
  await api.post(`/inboxes/${ref.inboxId}/pause`)
  expect((await twilio.receive(sender, CONTACT, 'alguém?')).status).toBe(200)
  await say(conversation, 'já volto')
  expect(await platform.messages(ref)).toHaveLength(3)
  expect(atTwilio(sender)).toEqual([])
  await api.post(`/inboxes/${ref.inboxId}/resume`)
  await settled(ref, ['delivered'])
})

test('with the API down and the token rotated, nothing of what was written is lost or doubled', async () => {
  const { ref, sender } = await connected()
  await twilio.receive(sender, CONTACT, 'antes')
  await conversationOf(ref)
  await api.close()
  const texts = Array.from({ length: 50 }, (_, at) => `falta ${at}`)
  for (const text of texts.slice(0, 25)) {
    expect((await twilio.receive(sender, CONTACT, text)).status).toBeUndefined()
  }
  await openApi()
  sender.account.token = 'a-token-that-nobody-told-us'
  for (const text of texts.slice(25)) {
    expect((await twilio.receive(sender, CONTACT, text)).status).toBe(403)
  }
  await api.post(`/inboxes/${ref.inboxId}/sync`)
  await waitFor(async () => (await shown(ref)).state === 'reauthorization_required', {
    what: 'red',
  })
  expect((await shown(ref)).health.receive.reason).toBe('auth_token_refused')
  const { status } = await api.post(`/inboxes/${ref.inboxId}/reconnect`, {
    auth_token: 'a-token-that-nobody-told-us',
  })
  expect(status).toBe(200)
  await waitFor(async () => (await platform.messages(ref)).length === 51, {
    what: 'all that was missed',
  })
  await twilio.receive(sender, CONTACT, 'depois')
  const stored = await platform.messages(ref)
  expect(stored.map(({ content }) => content)).toEqual(['antes', ...texts, 'depois'])
  expect(stored.every(({ origin }) => origin === 'live')).toBe(true)
  expect(new Set(stored.map(({ conversation_id }) => conversation_id)).size).toBe(1)
  expect(twilio.problems).toEqual([])
})
