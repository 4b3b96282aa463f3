// Meta's webhooks for Instagram and Messenger, from the signed bytes to what is stored.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { signatureOf, wireBody } from '../simulators/meta/webhook.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { connectPage, META_ENV, type MetaInbox, pushMeta } from './meta-inbox.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi(META_ENV)
})
afterAll(() => api?.stop())

const fresh = (of = 0) => connectPage(api, api.accounts[of]!)
const push = (inbox: MetaInbox, ...events: object[]) => pushMeta(api, [inbox.entry(events)])
const messagesOf = ({ inboxId }: MetaInbox) =>
  api.db.selectFrom('messages').selectAll().where('inbox_id', '=', inboxId).orderBy('id').execute()
const deliveriesOf = async ({ inboxId }: MetaInbox) =>
  (await api.call(api.accounts[0], 'GET', `/inboxes/${inboxId}/deliveries`)).body.data
const wakesOf = async ({ inboxId }: MetaInbox) => {
  const wakes = await api.db
    .selectFrom('outbox')
    .select('event')
    .where('inbox_id', '=', inboxId)
    .where('topic', '=', 'conversation')
    .orderBy('id')
    .execute()
  return wakes.map(({ event }) => event)
}
/** An answer on its way: handed to Meta, whose reply is not there yet. */
async function transmit(inbox: MetaInbox, content: string) {
  const conversationId = (await messagesOf(inbox))[0]!.conversation_id
  const [{ adminId: userId, accountId }] = api.accounts
  const { messageId } = await queueOutgoing(api.db, { accountId, conversationId, userId, content })
  await api.db
    .updateTable('messages')
    .set({ status: 'transmitting' })
    .where('id', '=', messageId)
    .execute()
  return messageId
}

test('Meta’s question whether the address is ours is answered with its challenge, as text', async () => {
  const ask = (token: string) =>
    api.app.inject(
      `/webhooks/meta?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`,
    )
  const answer = await ask(META_ENV.META_VERIFY_TOKEN)
  expect([answer.statusCode, answer.body]).toEqual([200, '1158201444'])
  expect(answer.headers['content-type']).toMatch(/^text\/plain/)
  for (const wrong of ['', 'another-token', `${META_ENV.META_VERIFY_TOKEN}x`]) {
    expect((await ask(wrong)).statusCode).toBe(403)
  }
})

test('a signature over the very bytes is needed, escaped unicode and all', async () => {
  const inbox = await fresh()
  const text = 'Olá ✨ a/b <script>'
  expect(await push(inbox, inbox.message(text))).toEqual({ status: 200, body: 'EVENT_RECEIVED' })
  expect(await messagesOf(inbox)).toMatchObject([{ content: text, origin: 'live' }])
  const payload = { object: 'instagram', entry: [inbox.entry([inbox.message('x')])] }
  const body = wireBody(payload)
  const send = (signature: string | undefined, bytes = body) =>
    api.app.inject({
      method: 'POST',
      url: '/webhooks/meta',
      headers: {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'x-hub-signature-256': signature }),
      },
      payload: bytes,
    })
  const right = signatureOf(META_ENV.META_APP_SECRET, body)
  for (const signature of [
    undefined,
    '',
    'sha256=',
    right.slice(0, -1),
    right.replace('256', '1'),
  ]) {
    expect((await send(signature)).statusCode).toBe(403)
  }
  expect((await send(signatureOf('another-secret', body))).statusCode).toBe(403)
  // The same JSON, written by somebody else's rules.
  expect((await send(right, Buffer.from(JSON.stringify({ ...payload, x: 'ä' })))).statusCode).toBe(
    403,
  )
  expect(await messagesOf(inbox)).toHaveLength(1)
})

test('one batch holds entries of several accounts, and each gets its own', async () => {
  const [one, two] = [await fresh(0), await fresh(1)]
  const shared = { mid: 'the-same-mid' }
  const batch = [
    one.entry([one.message('for one', shared), one.message('again')]),
    two.entry([two.message('for two', shared)]),
    { ...one.entry([one.message('to nobody')]), id: '999' },
  ]
  expect((await pushMeta(api, batch)).status).toBe(200)
  expect((await messagesOf(one)).map(({ content }) => content)).toEqual(['for one', 'again'])
  expect((await messagesOf(two)).map(({ content }) => content)).toEqual(['for two'])
  expect((await messagesOf(two))[0]!.account_id).toBe(two.accountId)
})

test('Messenger messages of the page come into the same inbox, in a conversation of their own', async () => {
  const inbox = await fresh()
  await push(inbox, inbox.message('by Instagram'))
  const { messaging } = inbox.entry([inbox.message('by Messenger')]) as unknown as { messaging: [] }
  await pushMeta(api, [{ id: inbox.pageId, time: 1, messaging }], { object: 'page' })
  const stored = await messagesOf(inbox)
  expect(stored.map(({ content }) => content)).toEqual(['by Instagram', 'by Messenger'])
  expect(new Set(stored.map(({ conversation_id }) => conversation_id)).size).toBe(2)
  expect(new Set(stored.map(({ contact_id }) => contact_id)).size).toBe(2)
})

test('the same webhook again, and fifty times at once, stores and wakes once', async () => {
  const inbox = await fresh()
  const message = inbox.message('once')
  await Promise.all(Array.from({ length: 50 }, () => push(inbox, message)))
  expect(await messagesOf(inbox)).toHaveLength(1)
  expect(await wakesOf(inbox)).toEqual(['conversation_created', 'message_created'])
})

test('messages of one contact keep the order in which they came, whatever else their batches hold', async () => {
  const [inbox, other] = [await fresh(), await fresh(1)]
  const texts = Array.from({ length: 60 }, (_, at) => `${at}`)
  await Promise.all(
    texts.map((text, at) => {
      const entry = inbox.entry([inbox.message(text)])
      // Two inboxes to look up take longer than one.
      return pushMeta(api, at % 2 === 0 ? [entry, other.entry([other.message(text)])] : [entry])
    }),
  )
  const stored = await messagesOf(inbox)
  expect(stored.map(({ content }) => content)).toEqual(texts)
  expect(stored.map(({ seq }) => seq)).toEqual(texts.map((_, at) => at + 2))
})

test('the mention of a story makes no conversation and leaves nothing, but is counted', async () => {
  const inbox = await fresh()
  const payload = { url: 'https://lookaside.fbsbx.com/planted-story' }
  const mention = inbox.message('', { attachments: [{ type: 'story_mention', payload }] })
  await push(inbox, mention)
  expect(await messagesOf(inbox)).toEqual([])
  expect(await deliveriesOf(inbox)).toEqual([])
  expect((await api.app.inject('/metrics')).body).toMatch(
    /cloudchat_deliveries_total\{channel="instagram",outcome="ignored"\} 1/,
  )
  // Neither does it touch one that is there.
  await push(inbox, inbox.message('a message'))
  const [before] = await api.db
    .selectFrom('conversations')
    .selectAll()
    .where('inbox_id', '=', inbox.inboxId)
    .execute()
  await push(inbox, mention)
  const [after] = await api.db
    .selectFrom('conversations')
    .selectAll()
    .where('inbox_id', '=', inbox.inboxId)
    .execute()
  expect(after).toEqual(before)
})

test('what another program answers is shown, wakes nothing, and is not doubled later', async () => {
  const inbox = await fresh()
  const message = inbox.message('to the other program')
  await pushMeta(api, [inbox.entry([message], 'standby')])
  expect(await messagesOf(inbox)).toMatchObject([
    { origin: 'echo', seq: null, content_attributes: { handled_elsewhere: true } },
  ])
  expect(await wakesOf(inbox)).toEqual([])
  await push(inbox, message)
  expect(await messagesOf(inbox)).toHaveLength(1)
})

test('who answers is known per product from the latest evidence, in whatever order it comes', async () => {
  const inbox = await fresh()
  const receivers = () =>
    api.db
      .selectFrom('receivers')
      .select(['product', 'owner', 'evidence'])
      .where('inbox_id', '=', inbox.inboxId)
      .orderBy('product')
      .execute()
  const now = Date.now()
  expect(await receivers()).toEqual([])
  await push(inbox, inbox.message('x', {}, now))
  expect(await receivers()).toEqual([{ product: 'instagram', owner: 'us', evidence: 'message' }])
  const older = inbox.message('y', {}, now - 60_000)
  await pushMeta(api, [inbox.entry([older], 'standby')])
  expect(await receivers()).toMatchObject([{ owner: 'us' }])
  const passed = { pass_thread_control: { previous_owner_app_id: null, new_owner_app_id: 42 } }
  const page = { id: inbox.pageId, time: 1, messaging: [inbox.event(passed)] }
  await pushMeta(api, [page], { object: 'page' })
  expect(await receivers()).toEqual([
    { product: 'instagram', owner: 'us', evidence: 'message' },
    { product: 'messenger', owner: '42', evidence: 'pass_thread_control' },
  ])
})

test('who receives is unknown until something shows it, then ours or another’s, with the steps', async () => {
  const inbox = await fresh()
  const receivers = async () =>
    (await api.call(api.accounts[0], 'GET', `/inboxes/${inbox.inboxId}/receivers`)).body.data
  const of = async (product: string) =>
    (await receivers()).find((one: { product: string }) => one.product === product)
  expect(await of('instagram')).toMatchObject({
    receiver: 'unknown',
    remedy: expect.stringMatching(
      /tab=advanced_messaging\), Instagram receiver > Configure > Primary receiver.*select CloudHumans\.$/,
    ),
    seen_at: null,
  })
  await pushMeta(api, [inbox.entry([inbox.message('x')], 'standby')])
  expect(await of('instagram')).toMatchObject({ receiver: 'other', evidence: 'standby' })
  expect(await of('messenger')).toMatchObject({
    receiver: 'unknown',
    remedy: expect.stringContaining('Messenger receiver'),
  })
  const taken = { take_thread_control: { new_owner_app_id: Number(META_ENV.META_APP_ID) } }
  await push(inbox, inbox.event(taken, undefined, Date.now() + 1))
  expect(await of('instagram')).toMatchObject({ receiver: 'ours', evidence: 'take_thread_control' })
})

test('an echo of our own answer is that answer, also when it is quicker than Meta’s reply', async () => {
  const inbox = await fresh()
  await push(inbox, inbox.message('question'))
  const ours = await transmit(inbox, 'our answer')
  const echo = inbox.echo('our answer')
  await push(inbox, echo)
  await push(inbox, echo)
  expect(await messagesOf(inbox)).toMatchObject([
    { content: 'question' },
    { id: ours, origin: 'authored', status: 'sent', external_id: echo.message.mid },
  ])
})

test('what was sent elsewhere is shown as sent outside, and wakes no rule', async () => {
  const inbox = await fresh()
  await push(inbox, inbox.message('question'))
  await transmit(inbox, 'our answer')
  await push(inbox, inbox.echo('from the phone', { app_id: 1217981644879628 }))
  expect(await messagesOf(inbox)).toMatchObject([
    { content: 'question' },
    { content: 'our answer', status: 'transmitting', external_id: null },
    { content: 'from the phone', origin: 'echo', direction: 'outgoing', status: 'sent' },
  ])
  expect(await wakesOf(inbox)).toEqual(['conversation_created', 'message_created'])
})

test('a message that was taken back shows nothing any more, whichever of the two comes first', async () => {
  const inbox = await fresh()
  const files = [{ type: 'image', payload: { url: 'https://lookaside.fbsbx.com/a' } }]
  const [early, late] = [
    inbox.message('planted early', { attachments: files }),
    inbox.message('planted late', { attachments: files }),
  ]
  const unsend = ({ message: { mid } }: { message: { mid: string } }) =>
    inbox.event({ message: { mid, is_deleted: true } })
  const changes = [inbox.message('before'), unsend(early), late]
  for (const event of [...changes, early, unsend(late)]) await push(inbox, event as object)
  const stored = await messagesOf(inbox)
  expect(stored).toMatchObject([
    { content: 'before' },
    { content: '', content_attributes: { deleted_at: expect.any(String) } },
    { content: '', content_attributes: { deleted_at: expect.any(String) } },
  ])
  expect(JSON.stringify(stored)).not.toContain('planted')
  const ids = stored.map(({ id }) => id)
  const left = await api.db
    .selectFrom('attachments')
    .select('id')
    .where('message_id', 'in', ids)
    .execute()
  expect(left).toEqual([])
  const waiting = await api.db
    .selectFrom('waiting_changes')
    .select('id')
    .where('inbox_id', '=', inbox.inboxId)
    .execute()
  expect(waiting).toEqual([])
})

test('of several reactions the latest counts, also when it comes first or before its message', async () => {
  const inbox = await fresh()
  const message = inbox.message('react to me')
  const { mid } = message.message
  const now = Date.now()
  const react = (at: number, emoji?: string) => {
    const action = emoji === undefined ? 'unreact' : 'react'
    return inbox.event({ reaction: { mid, action, ...(emoji ? { emoji } : {}) } }, undefined, at)
  }
  const reaction = async () => {
    const attributes = (await messagesOf(inbox))[0]!.content_attributes
    return (attributes as { reactions: { contact: object } }).reactions.contact
  }
  await push(inbox, react(now + 2, '❤️'))
  await push(inbox, message, react(now + 1, '👍'))
  expect(await reaction()).toMatchObject({ emoji: '❤️' })
  await push(inbox, react(now + 3))
  await push(inbox, react(now + 2, '❤️'))
  expect(await reaction()).toMatchObject({ emoji: null })
})

test('a read settles all that was sent before it to this contact, and nothing after', async () => {
  const inbox = await fresh()
  await push(inbox, inbox.message('question'))
  for (const text of ['one', 'two']) await push(inbox, inbox.echo(text))
  const before = Date.now()
  await push(inbox, { ...inbox.event({ read: { mid: 'x' } }), timestamp: before })
  await push(inbox, { ...inbox.echo('three'), timestamp: before + 1000 })
  await push(inbox, {
    ...inbox.event({ read: { mid: 'x' } }, '5550000000000002'),
    timestamp: before + 5000,
  })
  const sent = (await messagesOf(inbox)).filter(({ direction }) => direction === 'outgoing')
  expect(sent.map(({ content, status }) => [content, status])).toEqual([
    ['one', 'read'],
    ['two', 'read'],
    ['three', 'sent'],
  ])
})

test('a delivery is shown without words and whole ids, and its replay doubles nothing', async () => {
  const inbox = await fresh()
  await push(inbox, inbox.message('planted words'))
  const [{ id }] = await deliveriesOf(inbox)
  const { body } = await api.call(api.accounts[0], 'GET', `/deliveries/${id}`)
  expect(JSON.stringify(body)).not.toMatch(/planted|5550000000000001/)
  expect(JSON.stringify(body)).toContain('…0001')
  const replayed = await api.call(api.accounts[0], 'POST', `/deliveries/${id}/replay`)
  expect(replayed).toMatchObject({ status: 200, body: { kind: 'message', reason: null } })
  expect(await messagesOf(inbox)).toHaveLength(1)
})

test('batches of kinds that we do not read are taken, so that Meta does not stop telling us', async () => {
  const entry = [{ id: '1', time: 1, changes: [{ field: 'x', value: {} }] }]
  expect((await pushMeta(api, entry, { object: 'permissions' })).status).toBe(200)
  expect((await pushMeta(api, [], { body: Buffer.from('not json') })).status).toBe(200)
})

test('where no app is configured there is nobody to push', async () => {
  const other = await startApi()
  const reply = await other.app.inject({ method: 'POST', url: '/webhooks/meta', payload: {} })
  await other.stop()
  expect(reply.statusCode).toBe(404)
})
