// The shared ingress, shown on Twilio: proof first, everything once, durable before it is accepted.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeCredentials } from '../../db/credentials.ts'
import { eraseContactBatch, forgetContact } from '../../messaging/erase-contact.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { connectTwilio, sid, type TwilioInbox } from './twilio-inbox.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ PUBLIC_URL: 'https://hooks.example.com' })
})
afterAll(() => api?.stop())

let numbers = 0
const fresh = (of = 0) =>
  connectTwilio(api, api.accounts[of]!, { number: `+1415000${String(++numbers).padStart(4, '0')}` })
const messagesOf = ({ inboxId }: TwilioInbox) =>
  api.db.selectFrom('messages').selectAll().where('inbox_id', '=', inboxId).orderBy('id').execute()
const outboxOf = ({ inboxId }: TwilioInbox) =>
  api.db
    .selectFrom('outbox')
    .select(['topic', 'event', 'seq'])
    .where('inbox_id', '=', inboxId)
    .where('topic', '=', 'conversation')
    .orderBy('id')
    .execute()
const deliveriesOf = async ({ inboxId }: TwilioInbox, query = '') => {
  const path = `/inboxes/${inboxId}/deliveries${query}`
  return (await api.call(api.accounts[0], 'GET', path)).body.data
}

test('a signed message is stored with its wake before it is accepted, and nothing is sent back', async () => {
  const inbox = await fresh()
  const params = inbox.text('Olá + ¿qué tal? & <b>')
  expect(await inbox.push(params)).toEqual({ status: 200, body: '', type: undefined })
  expect(await messagesOf(inbox)).toMatchObject([
    {
      external_id: params.MessageSid,
      content: 'Olá + ¿qué tal? & <b>',
      direction: 'incoming',
      origin: 'live',
      status: 'received',
      content_attributes: { from: 'whatsapp:+5511987654321', profile_name: 'José 👍' },
    },
  ])
  expect((await outboxOf(inbox)).map(({ event, seq }) => [event, seq])).toEqual([
    ['conversation_created', 1],
    ['message_created', 2],
  ])
})

test('Twilio’s published samples are accepted as they are', async () => {
  const samples = JSON.parse(
    readFileSync(join(import.meta.dirname, '../simulators/twilio/samples.json'), 'utf8'),
  )
  const { inbound_text, inbound_media, status_undelivered } = samples
  const { params } = inbound_text
  const number = params.To.replace('whatsapp:', '')
  const inbox = await connectTwilio(api, api.accounts[0], { number, accountSid: params.AccountSid })
  for (const sample of [inbound_text, inbound_media, status_undelivered]) {
    const own = { ...sample.params, ...(sample === status_undelivered ? { From: params.To } : {}) }
    expect((await inbox.push(own)).status).toBe(200)
  }
  expect((await deliveriesOf(inbox)).map(({ kind }: { kind: string }) => kind)).toEqual([
    'status',
    'message',
    'message',
  ])
})

test('without a signature, with a wrong one, or for an inbox that is not there, all look the same', async () => {
  const inbox = await fresh()
  const params = inbox.text('Olá')
  const tries = [
    await inbox.push(params, { signature: '' }),
    await inbox.push(params, { signature: inbox.signatureOf(params, inbox.path, 'other-token') }),
    await inbox.push({ ...params, Body: 'changed' }, { signature: inbox.signatureOf(params) }),
    await inbox.push(params, { to: '/webhooks/whatsapp_twilio/999999' }),
    await inbox.push(params, { to: '/webhooks/email/1' }),
    await inbox.push(params, { to: '/webhooks/__proto__/1' }),
  ]
  expect(new Set(tries.map(({ status, body }) => `${status} ${body}`)).size).toBe(1)
  expect(tries[0]!.status).toBe(403)
  expect(await messagesOf(inbox)).toEqual([])
  expect(await deliveriesOf(inbox)).toEqual([])
})

test('the signature is checked over the configured URL, whatever the Host header claims', async () => {
  const inbox = await fresh()
  const params = inbox.text('Olá')
  const claimed = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
  expect((await inbox.push(params, { headers: claimed })).status).toBe(200)
  const other = inbox.text('Olá')
  const signature = inbox.signatureOf(other, `/evil${inbox.path}`)
  expect((await inbox.push(other, { signature, headers: claimed })).status).toBe(403)
})

test('odd keys and values reach the signature undropped: empty, repeated, nested, prototypes', async () => {
  const inbox = await fresh()
  const params = { ...inbox.text(''), 'a[b]': '1', constructor: 'x', ' k ': ' v ', Ünï: '\0nul' }
  Object.defineProperty(params, '__proto__', { value: 'p', enumerable: true })
  expect((await inbox.push({ ...params, Body: 'a\0b' })).status).toBe(200)
  expect((await inbox.push(params)).status).toBe(200)
  expect(await messagesOf(inbox)).toMatchObject([{ content: 'ab' }])
})

test('while a token is rotated webhooks signed by either are accepted, afterwards by the new one', async () => {
  const inbox = await fresh()
  const rotated = { auth_token: 'new-token', previous_auth_token: 'test-auth-token' }
  const pushed = async (untilMs: number) => {
    const previous_accepted_until = new Date(Date.now() + untilMs).toISOString()
    const credentials = { ...rotated, previous_accepted_until }
    await writeCredentials(api.db, api.vault, inbox, credentials, new Date())
    const statuses: number[] = []
    for (const token of ['new-token', 'test-auth-token']) {
      const params = inbox.text(token)
      const signature = inbox.signatureOf(params, inbox.path, token)
      statuses.push((await inbox.push(params, { signature })).status)
    }
    return statuses
  }
  expect(await pushed(3_600_000)).toEqual([200, 200])
  expect(await pushed(-1)).toEqual([200, 403])
  expect(await messagesOf(inbox)).toHaveLength(3)
})

test('a body larger than any provider sends is refused before it is read', async () => {
  const inbox = await fresh()
  expect((await inbox.push(inbox.text('x'.repeat(4_000_000)))).status).toBe(413)
  expect(await messagesOf(inbox)).toEqual([])
})

test('the same message delivered fifty times at once is stored once and wakes once', async () => {
  const inbox = await fresh()
  const params = inbox.text('Olá')
  const replies = await Promise.all(Array.from({ length: 50 }, () => inbox.push(params)))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  expect(await messagesOf(inbox)).toHaveLength(1)
  expect((await outboxOf(inbox)).filter(({ event }) => event === 'message_created')).toHaveLength(1)
})

test('messages of one contact keep the order in which they came, also all at once', async () => {
  const inbox = await fresh()
  const sent = Array.from({ length: 60 }, (_, at) => inbox.text(`${at}`))
  await Promise.all(sent.map((params) => inbox.push(params)))
  const stored = await messagesOf(inbox)
  expect(stored.map(({ content }) => content)).toEqual(sent.map(({ Body }) => Body))
  expect(stored.map(({ seq }) => seq)).toEqual(sent.map((_, at) => at + 2))
  expect(new Set(stored.map(({ conversation_id }) => conversation_id)).size).toBe(1)
})

test('one delivery that cannot be stored is kept for a replay and takes no other with it', async () => {
  const inbox = await fresh()
  await api.db.schema
    .alterTable('messages')
    .addCheckConstraint('refused_for_a_test', sql`content <> 'unstorable'`)
    .execute()
  const bad = inbox.text('unstorable')
  const good = Array.from({ length: 5 }, (_, at) => inbox.text(`good ${at}`))
  const replies = await Promise.all([bad, ...good].map((params) => inbox.push(params)))
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  expect(await messagesOf(inbox)).toHaveLength(5)
  const [failed, ...others] = await deliveriesOf(inbox, '?kind=failed')
  expect(others).toEqual([])
  expect((await api.app.inject('/metrics')).body).toMatch(
    /cloudchat_deliveries_total\{channel="whatsapp_twilio",outcome="failed"\} 1$/m,
  )
  await api.db.schema.alterTable('messages').dropConstraint('refused_for_a_test').execute()
  const replay = await api.call(api.accounts[0], 'POST', `/deliveries/${failed.id}/replay`)
  expect(replay).toMatchObject({ status: 200, body: { kind: 'message', reason: null } })
  expect(await messagesOf(inbox)).toHaveLength(6)
})

test('a delivery is shown without what anybody wrote, and its replay doubles nothing', async () => {
  const inbox = await fresh()
  const params = inbox.text('planted words', { ProfileName: 'planted name' })
  await inbox.push(params)
  const [{ id }] = await deliveriesOf(inbox)
  const shown = await api.call(api.accounts[0], 'GET', `/deliveries/${id}`)
  expect(shown.body.content).toMatchObject({
    MessageSid: params.MessageSid,
    From: '…4321',
    Body: '[13]',
    ProfileName: '[12]',
  })
  expect(JSON.stringify(shown.body)).not.toMatch(/planted|98765/)
  const replayed = await api.call(api.accounts[0], 'POST', `/deliveries/${id}/replay`)
  expect(replayed.body.replayed_at).not.toBeNull()
  expect(await messagesOf(inbox)).toHaveLength(1)
})

test('what is not understood is kept and counted, not dropped', async () => {
  const inbox = await fresh()
  const { MessageSid: _1, SmsSid: _2, ...nameless } = inbox.text('x')
  await inbox.push(nameless)
  await inbox.push({
    ...inbox.text('x'),
    MessageStatus: 'partially_delivered',
    From: `whatsapp:${inbox.number}`,
  })
  const kept = await deliveriesOf(inbox, '?kind=unknown')
  expect(kept.map(({ reason }: { reason: string }) => reason)).toEqual([
    'status partially_delivered',
    'no_message_sid',
  ])
  const metrics = (await api.app.inject('/metrics')).body
  expect(metrics).toMatch(
    /cloudchat_deliveries_total\{channel="whatsapp_twilio",outcome="unknown"\} [1-9]/,
  )
})

test('two inboxes of one Twilio account: what is for the other number is not taken', async () => {
  const [accountSid, token] = [sid('AC'), 'shared-token']
  const ours = await connectTwilio(api, api.accounts[0], {
    number: '+14155550001',
    accountSid,
    token,
  })
  const theirs = await connectTwilio(api, api.accounts[1], {
    number: '+14155550002',
    accountSid,
    token,
  })
  const params = theirs.text('for them')
  // Their signature, made over their address, opens nothing here.
  expect((await ours.push(params, { signature: theirs.signatureOf(params) })).status).toBe(403)
  expect((await ours.push(params)).status).toBe(200)
  expect(await messagesOf(ours)).toEqual([])
  expect(await deliveriesOf(ours)).toMatchObject([{ kind: 'unknown', reason: 'other_address' }])
  // The same sid in two inboxes is two messages.
  expect((await theirs.push(params)).status).toBe(200)
  expect((await ours.push({ ...params, To: `whatsapp:${ours.number}` })).status).toBe(200)
  expect([await messagesOf(ours), await messagesOf(theirs)]).toMatchObject([
    [{ external_id: params.MessageSid }],
    [{ external_id: params.MessageSid }],
  ])
})

test('statuses in any order, also before our own record of the sid, never go backwards', async () => {
  const inbox = await fresh()
  await inbox.push(inbox.text('Olá'))
  const [incoming] = await messagesOf(inbox)
  const { messageId } = await queueOutgoing(api.db, {
    accountId: inbox.accountId,
    conversationId: incoming!.conversation_id,
    userId: api.accounts[0].adminId,
    content: 'Oi',
  })
  await api.db
    .updateTable('messages')
    .set({ status: 'transmitting' })
    .where('id', '=', messageId)
    .execute()
  const messageSid = sid('SM')
  const status = (MessageStatus: string, more = {}) =>
    inbox.push(
      {
        MessageSid: messageSid,
        MessageStatus,
        From: `whatsapp:${inbox.number}`,
        To: 'whatsapp:+5511987654321',
        ...more,
      },
      { to: `${inbox.path}?message=${messageId}` },
    )
  const now = async () => (await messagesOf(inbox)).at(-1)!
  await status('sent')
  expect(await now()).toMatchObject({ status: 'sent', external_id: messageSid })
  for (const one of ['queued', 'read', 'delivered', 'sent', 'read']) await status(one)
  expect(await now()).toMatchObject({ status: 'read' })
  await status('undelivered', { ErrorCode: '63016' })
  expect(await now()).toMatchObject({ status: 'read' })
})

test('a failed status says why in our words and in Twilio’s', async () => {
  const inbox = await fresh()
  await inbox.push(inbox.text('Olá'))
  const [incoming] = await messagesOf(inbox)
  const outgoing = {
    accountId: inbox.accountId,
    conversationId: incoming!.conversation_id,
    userId: api.accounts[0].adminId,
    content: 'Oi',
  }
  const { messageId } = await queueOutgoing(api.db, outgoing)
  await api.db
    .updateTable('messages')
    .set({ status: 'sent', external_id: 'SM1' })
    .where('id', '=', messageId)
    .execute()
  await inbox.push({
    MessageSid: 'SM1',
    MessageStatus: 'undelivered',
    ErrorCode: '63016',
    ChannelStatusMessage: 'Outside the allowed window',
    From: `whatsapp:${inbox.number}`,
  })
  const path = `/conversations/${incoming!.conversation_id}/messages`
  const [shown] = (await api.call(api.accounts[0], 'GET', path)).body.data
  expect(shown).toMatchObject({
    status: 'failed',
    error: { code: 'window_closed', evidence: '63016 Outside the allowed window' },
  })
  expect(shown.error.remedy).toMatch(/template/)
})

test('the 9 that Brazilian and Argentinian numbers have more or less makes no second contact', async () => {
  const inbox = await fresh()
  const pairs = [
    ['+5531988887777', '+553188887777'],
    ['+5493512223333', '+543512223333'],
  ] as const
  for (const [long, short] of pairs) {
    await inbox.push(inbox.text('a', { From: `whatsapp:${long}`, WaId: long.slice(1) }))
    await inbox.push(inbox.text('b', { From: `whatsapp:${short}`, WaId: short.slice(1) }))
  }
  const stored = await messagesOf(inbox)
  expect(new Set(stored.map(({ contact_id }) => contact_id)).size).toBe(2)
  expect(new Set(stored.map(({ conversation_id }) => conversation_id)).size).toBe(2)
})

test('a sender without a number is known again by WhatsApp’s own id, also once the number shows', async () => {
  const inbox = await fresh()
  const user = 'whatsapp:ID.1234567890123456'
  await inbox.push(inbox.text('a', { From: user, WaId: '', ExternalUserId: user }))
  await inbox.push(
    inbox.text('b', { From: 'whatsapp:+351912345678', WaId: '351912345678', ExternalUserId: user }),
  )
  const stored = await messagesOf(inbox)
  expect(new Set(stored.map(({ contact_id }) => contact_id)).size).toBe(1)
})

test('what an inbox may be sent in a minute ends with 429, and only for that inbox', async () => {
  const limited = await startApi({
    PUBLIC_URL: 'https://hooks.example.com',
    WEBHOOK_RATE_LIMIT: '3',
  })
  try {
    const one = await connectTwilio(limited, limited.accounts[0], { number: '+14155550003' })
    const other = await connectTwilio(limited, limited.accounts[0], { number: '+14155550004' })
    // Guesses use up nothing.
    for (let at = 0; at < 5; at++) await one.push(one.text('x'), { signature: 'guess' })
    const statuses: number[] = []
    for (let at = 0; at < 4; at++) statuses.push((await one.push(one.text('x'))).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    expect((await other.push(other.text('x'))).status).toBe(200)
  } finally {
    await limited.stop()
  }
})

test('a disconnected inbox takes nothing more; a paused one goes on storing', async () => {
  const inbox = await fresh()
  await api.db
    .updateTable('inboxes')
    .set({ paused: true })
    .where('id', '=', inbox.inboxId)
    .execute()
  expect((await inbox.push(inbox.text('paused'))).status).toBe(200)
  await api.db
    .updateTable('inboxes')
    .set({ phase: 'disconnected' })
    .where('id', '=', inbox.inboxId)
    .execute()
  expect((await inbox.push(inbox.text('gone'))).status).toBe(403)
  expect(await messagesOf(inbox)).toMatchObject([{ content: 'paused' }])
})

test('erasing a contact takes what was pushed about them along', async () => {
  const inbox = await fresh()
  const stranger = { From: 'whatsapp:+351911111111', WaId: '351911111111' }
  await inbox.push(inbox.text('planted'))
  await inbox.push(inbox.text('of another', stranger))
  const { accountId, inboxId } = inbox
  const [{ contact_id } = { contact_id: null }] = await messagesOf(inbox)
  const ref = { accountId, contactId: contact_id! }
  await forgetContact(api.db, ref, new Date())
  while (!(await eraseContactBatch(api.db, ref)).done);
  const left = await api.db
    .selectFrom('inbound_deliveries')
    .select('body')
    .where('inbox_id', '=', inboxId)
    .execute()
  expect(left.map(({ body }) => String(body))).toEqual([expect.stringContaining('of+another')])
})
