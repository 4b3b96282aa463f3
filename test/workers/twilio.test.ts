// The life of a WhatsApp inbox at Twilio: connected, written to, answered, cut off, mended, left.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InboxRef } from '../../temporal/contracts.ts'
import { inbound, type SimSender, sidOf } from '../simulators/twilio/resources.ts'
import { postSigned } from '../simulators/twilio/signed-post.ts'
import type { TwilioSimulator } from '../simulators/twilio/twilio.ts'
import { fileForm } from '../support/file-form.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Platform } from './platform.ts'
import { startTwilioPlatform, type TwilioPlatform } from './twilio-platform.ts'

const CONTACT = 'whatsapp:+5511987654321'

let world: TwilioPlatform
let twilio: TwilioSimulator
let platform: Platform

beforeAll(async () => {
  world = await startTwilioPlatform()
  ;({ twilio, platform } = world)
}, 60_000)
afterAll(() => world?.stop())

async function settled(ref: InboxRef, statuses: string[]): Promise<void> {
  await waitFor(
    async () => {
      const now = (await world.outgoing(ref)).map(({ status }) => status)
      return JSON.stringify(now) === JSON.stringify(statuses)
    },
    { what: `statuses ${statuses}` },
  )
}

test('a number is verified, its webhook led here, and ClaudIA joins by herself', async () => {
  const sender = world.newSender()
  sender.webhook = {
    ...sender.webhook,
    callback_url: 'https://shop.example/before',
    status_callback_url: 'https://shop.example/statuses',
  }
  const { ref } = await world.connected(sender)
  const inbox = await world.shown(ref)
  expect(inbox).toMatchObject({ state: 'active', attention: 'none', channel: 'whatsapp_twilio' })
  const ours = `${world.publicUrl}/webhooks/whatsapp_twilio/${ref.inboxId}`
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
  const webhook = async () => (await world.api.get(`/inboxes/${ref.inboxId}/webhook`)).body!
  expect(await webhook()).toMatchObject({ state: 'set', first_delivery_at: null })
  await twilio.receive(sender, CONTACT, 'Olá')
  expect((await webhook()).first_delivery_at).not.toBeNull()

  expect((await world.api.remove(`/inboxes/${ref.inboxId}`)).status).toBe(200)
  await waitFor(async () => sender.webhook.callback_url === 'https://shop.example/before', {
    what: 'the address of before to be back',
  })
})

test('what Twilio refuses is told with its reason, and nothing is connected', async () => {
  const wrong = world.newSender()
  const suspended = world.newSender()
  suspended.account.status = 'suspended'
  const foreign = { ...world.newSender(), number: '+14159999999' }
  const cases: [SimSender, object, string][] = [
    [wrong, { auth_token: 'wrong-token-of-somebody' }, 'auth_token_refused'],
    [suspended, {}, 'account_suspended'],
    [foreign, {}, 'sender_not_found'],
  ]
  for (const [sender, more, reason] of cases) {
    const ref = await world.connect(sender, more)
    const inbox = await waitFor(
      async () => {
        const now = await world.shown(ref)
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

test('where the API does not reach the sender the address is pasted, and the first webhook is noticed', async () => {
  const sandbox = { ...world.newSender(), number: '+14155238886' }
  const ref = await world.connect(sandbox)
  const webhook = async () => (await world.api.get(`/inboxes/${ref.inboxId}/webhook`)).body!
  await waitFor(async () => (await webhook()).state === 'manual', { what: 'the steps' })
  const { url, steps, ...before } = await webhook()
  expect(steps.join()).toMatch(/Messaging Service.*None/)
  expect(before).toMatchObject({ first_delivery_at: null, messaging_service_sid: null })
  const { message } = await twilio.receive(sandbox, CONTACT, 'oi', { silent: true })
  const MessagingServiceSid = `MG${'0'.repeat(32)}`
  const params = { ...inbound(message), MessagingServiceSid }
  expect(await postSigned(url, sandbox.account.token, params)).toBe(200)
  expect(await webhook()).toMatchObject({
    first_delivery_at: expect.any(String),
    messaging_service_sid: MessagingServiceSid,
  })
})

test('an API key sends, while the Auth Token goes on proving webhooks', async () => {
  const sender = world.newSender()
  const key = { api_key_sid: sidOf('SK'), api_key_secret: 'planted-api-key-secret' }
  const reasonOf = async (ref: InboxRef) => (await world.shown(ref)).health
  const refused = await world.connect(world.newSender(), key)
  await waitFor(async () => (await reasonOf(refused)).receive.reason === 'api_key_refused', {
    what: 'a key of nobody to be refused',
  })
  sender.account.keys.set(key.api_key_sid, key.api_key_secret)
  const { ref } = await world.connected(sender, key)
  expect((await twilio.receive(sender, CONTACT, 'oi')).status).toBe(200)
  const conversation = await world.conversationOf(ref)
  await world.say(conversation, 'pela chave')
  await settled(ref, ['delivered'])
  sender.account.keys.clear()
  await world.say(conversation, 'sem a chave')
  await waitFor(async () => (await reasonOf(ref)).send.reason === 'api_key_refused', {
    what: 'the key that is missed',
  })
  expect((await twilio.receive(sender, CONTACT, 'ainda?')).status).toBe(200)
})

test('after a new Auth Token what Twilio signs with the old one is taken for a while', async () => {
  const { ref, sender } = await world.connected()
  const tokens = [sender.account.token, 'the-secondary-token-of-twilio']
  sender.account.token = tokens[1]!
  const path = `/inboxes/${ref.inboxId}/reconnect`
  expect((await world.api.post(path, { auth_token: tokens[1] })).status).toBe(200)
  for (const token of tokens) {
    sender.account.token = token
    expect((await twilio.receive(sender, CONTACT, token)).status).toBe(200)
  }
})

test('a conversation goes both ways, with files, and every status is told', async () => {
  const { ref, sender } = await world.connected()
  const content = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  await twilio.receive(sender, CONTACT, 'olha', {
    media: [{ type: 'image/png', content, missing: 1 }],
  })
  const conversation = await world.conversationOf(ref)
  const file = await waitFor(
    async () => {
      const [message] = (await world.api.get(`/conversations/${conversation}/messages`)).body!.data
      return message?.attachments[0]?.state === 'stored' ? message.attachments[0] : undefined
    },
    { what: 'the picture' },
  )
  expect(file).toMatchObject({ file_name: 'image-1.png', size: content.length })

  const form = await fileForm('%PDF-1.4 nota', { name: 'nota.pdf', type: 'application/pdf' })
  const upload = await world.api.post('/uploads', form.payload, form.headers)
  expect(upload.status, JSON.stringify(upload.body)).toBe(201)
  expect((await world.say(conversation, 'primeira')).status).toBe(202)
  expect(
    (await world.say(conversation, 'com nota', { attachments: [upload.body!.id] })).status,
  ).toBe(202)
  await settled(ref, ['delivered', 'delivered'])
  const sent = world.sentBy(sender)
  expect(sent.map(({ body, to }) => [body, to])).toEqual([
    ['primeira', CONTACT],
    ['com nota', CONTACT],
  ])
  // Twilio opens the file without a key of ours.
  const url = sent[1]!.media[0]!.type
  expect(url).toContain(`${world.publicUrl}/api/v1/accounts/`)
  expect(await (await fetch(url)).text()).toBe('%PDF-1.4 nota')
  expect(twilio.problems).toEqual([])
})

test('a reply that is lost is found in the list and not sent again; a lost request is', async () => {
  const { ref, sender } = await world.connected()
  twilio.statuses = []
  try {
    await twilio.receive(sender, CONTACT, 'oi')
    const conversation = await world.conversationOf(ref)
    twilio.faults.push({ kind: 'lost_reply' })
    await world.say(conversation, 'mesmo texto')
    await settled(ref, ['sent'])
    expect(world.sentBy(sender)).toHaveLength(1)
    twilio.faults.push({ kind: 'lost_request' })
    // The same words as before: what is found must not be the earlier message.
    await world.say(conversation, 'mesmo texto')
    await settled(ref, ['sent', 'sent'])
    expect(world.sentBy(sender)).toHaveLength(2)
    const ids = (await world.outgoing(ref)).map(({ external_id }) => external_id)
    expect(ids).toEqual(world.sentBy(sender).map(({ sid }) => sid))
  } finally {
    twilio.statuses = ['queued', 'sent', 'delivered']
  }
})

test('a limit delays a conversation without reordering it', async () => {
  const { ref, sender } = await world.connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await world.conversationOf(ref)
  twilio.faults.push(
    { kind: 'status', status: 429, code: 20429, message: 'Too Many Requests' },
    { kind: 'status', status: 400, code: 21610, message: 'Opted out' },
  )
  for (const text of ['um', 'dois', 'três']) await world.say(conversation, text)
  await settled(ref, ['failed', 'delivered', 'delivered'])
  // The first met the limit, came again before the others, and was refused for good.
  expect((await world.outgoing(ref))[0]).toMatchObject({
    content: 'um',
    error_code: 'recipient_opted_out',
  })
  expect(world.sentBy(sender).map(({ body }) => body)).toEqual(['dois', 'três'])
})

test('outside the window free text is refused before it is queued, and a template goes out', async () => {
  const { ref, sender } = await world.connected()
  twilio.templates.push({
    sid: 'HX00000000000000000000000000000001',
    friendly_name: 'pedido',
    language: 'pt_BR',
    variables: { 1: 'Ana' },
    types: { 'twilio/text': { body: 'Olá {{1}}, seu pedido chegou.' } },
    approval_requests: { status: 'approved' },
  })
  await world.api.post(`/inboxes/${ref.inboxId}/sync`)
  const templates = () => world.api.get(`/inboxes/${ref.inboxId}/templates`)
  await waitFor(async () => (await templates()).body!.data.length === 1, { what: 'the template' })
  const at = new Date(Date.now() - 25 * 3_600_000)
  await twilio.receive(sender, CONTACT, 'ontem', { at })
  const conversation = await world.conversationOf(ref)
  await platform.db
    .updateTable('messages')
    .set({ delivered_at: at })
    .where('inbox_id', '=', ref.inboxId)
    .execute()
  const refused = await world.say(conversation, 'tarde demais')
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'message_not_sendable', details: { reason: 'window_closed' } },
  })
  const id = 'HX00000000000000000000000000000001'
  const template = { id, variables: { 1: 'Bia' } }
  expect((await world.say(conversation, '', { template: { id, variables: {} } })).status).toBe(400)
  const queued = await world.say(conversation, '', { template })
  expect(queued).toMatchObject({ status: 202, body: { content: 'Olá Bia, seu pedido chegou.' } })
  await settled(ref, ['delivered'])
  expect(world.sentBy(sender)).toMatchObject([{ contentSid: id, contentVariables: '{"1":"Bia"}' }])
})

test('what the channel has not is refused with what takes its place', async () => {
  const { ref, sender } = await world.connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await world.conversationOf(ref)
  for (const content_type of ['buttons', 'list', 'form']) {
    expect(await world.say(conversation, 'escolha', { content_type })).toMatchObject({
      status: 422,
      body: {
        code: 'channel_feature_unsupported',
        details: { feature: content_type, alternative: 'template' },
      },
    })
  }
  expect(await world.say(conversation, 'x'.repeat(1601))).toMatchObject({
    body: { details: { reason: 'message_too_long', limit: 1600 } },
  })
  expect(await world.outgoing(ref)).toEqual([])
})

test('a window that closed by Twilio’s clock fails the message with the same reason', async () => {
  const { ref, sender } = await world.connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await world.conversationOf(ref)
  twilio.faults.push({ kind: 'fails_later', code: 63016 })
  await world.say(conversation, 'tarde')
  await settled(ref, ['failed'])
  expect((await world.outgoing(ref))[0]).toMatchObject({ error_code: 'window_closed' })
})

test('statuses whose callback was lost are found in the list, also of what another program sent', async () => {
  const { ref, sender } = await world.connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await world.conversationOf(ref)
  twilio.statuses = []
  try {
    for (const text of ['lida', 'perdida', 'a caminho']) await world.say(conversation, text)
    await settled(ref, ['sent', 'sent', 'sent'])
    const [read, undelivered] = world.sentBy(sender)
    Object.assign(read!, { status: 'read' })
    Object.assign(undelivered!, { status: 'undelivered', errorCode: 63016 })
    twilio.messages.push({
      ...read!,
      sid: 'SM00000000000000000000000000000001',
      body: 'de outro programa',
      status: 'delivered',
    })
    await world.api.post(`/inboxes/${ref.inboxId}/sync`)
    await settled(ref, ['read', 'failed', 'sent', 'delivered'])
    expect((await world.outgoing(ref))[1]).toMatchObject({
      error_code: 'window_closed',
      error_evidence: '63016 Failed to send',
    })
    // What it lists later, or late, takes nothing back.
    Object.assign(read!, { status: 'sent' })
    await twilio.tellAgain(read!, 'delivered')
    const before = new Date()
    await world.api.post(`/inboxes/${ref.inboxId}/sync`)
    const listedAt = async () => (await platform.row(ref)).last_good_sync_at
    await waitFor(async () => (await listedAt())! > before, { what: 'another listing' })
    await settled(ref, ['read', 'failed', 'sent', 'delivered'])
  } finally {
    twilio.statuses = ['queued', 'sent', 'delivered']
  }
})

test('while paused what comes in is stored, and answers wait for the end of it', async () => {
  const { ref, sender } = await world.connected()
  await twilio.receive(sender, CONTACT, 'oi')
  const conversation = await world.conversationOf(ref)
  await world.api.post(`/inboxes/${ref.inboxId}/pause`)
  expect((await twilio.receive(sender, CONTACT, 'alguém?')).status).toBe(200)
  await world.say(conversation, 'já volto')
  expect(await platform.messages(ref)).toHaveLength(3)
  expect(world.sentBy(sender)).toEqual([])
  await world.api.post(`/inboxes/${ref.inboxId}/resume`)
  await settled(ref, ['delivered'])
})

test('with the API down and the token rotated, nothing of what was written is lost or doubled', async () => {
  const { ref, sender } = await world.connected()
  await twilio.receive(sender, CONTACT, 'antes')
  await world.conversationOf(ref)
  await world.api.close()
  const texts = Array.from({ length: 50 }, (_, at) => `falta ${at}`)
  for (const text of texts.slice(0, 25)) {
    expect((await twilio.receive(sender, CONTACT, text)).status).toBeUndefined()
  }
  await world.reopenApi()
  sender.account.token = 'a-token-that-nobody-told-us'
  for (const text of texts.slice(25)) {
    expect((await twilio.receive(sender, CONTACT, text)).status).toBe(403)
  }
  await world.api.post(`/inboxes/${ref.inboxId}/sync`)
  await waitFor(async () => (await world.shown(ref)).state === 'reauthorization_required', {
    what: 'red',
  })
  expect((await world.shown(ref)).health.receive.reason).toBe('auth_token_refused')
  const { status } = await world.api.post(`/inboxes/${ref.inboxId}/reconnect`, {
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
