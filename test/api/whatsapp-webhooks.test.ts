// WhatsApp's webhooks, from the signed bytes to what is stored.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../db/client.ts'
import { answeredByPerson } from '../../messaging/trigger-facts.ts'
import { wireBody } from '../simulators/meta/webhook.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { META_ENV, pushMeta } from './meta-inbox.ts'
import { connectNumber, type WhatsAppNumber } from './whatsapp-number.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi(META_ENV)
})
afterAll(() => api?.stop())

const fresh = (more = {}) => connectNumber(api, api.accounts[0], more)
const push = (...entry: object[]) => pushMeta(api, entry, { object: 'whatsapp_business_account' })
const messagesOf = ({ inboxId }: WhatsAppNumber) =>
  api.db.selectFrom('messages').selectAll().where('inbox_id', '=', inboxId).orderBy('id').execute()
const inboxOf = async ({ inboxId }: WhatsAppNumber) =>
  (await api.call(api.accounts[0], 'GET', `/inboxes/${inboxId}`)).body
const createdEvents = async ({ inboxId }: WhatsAppNumber) =>
  (
    await api.db
      .selectFrom('outbox')
      .select('seq')
      .where('inbox_id', '=', inboxId)
      .where('event', '=', 'message_created')
      .execute()
  ).length

test('a signed message is stored with its wake; again and again it is one', async () => {
  const number = await fresh()
  const entry = number.messages(number.text('Olá ✨'))
  await Promise.all(Array.from({ length: 20 }, () => push(entry)))
  expect(await messagesOf(number)).toMatchObject([
    { content: 'Olá ✨', origin: 'live', content_attributes: { from: number.contact } },
  ])
  expect(await createdEvents(number)).toBe(1)
})

test('several numbers of one account: each gets what is for it', async () => {
  const one = await fresh()
  const two = await fresh({ wabaId: one.wabaId })
  await push(one.messages(one.text('for one')), two.messages(two.text('for two')))
  expect((await messagesOf(one)).map(({ content }) => content)).toEqual(['for one'])
  expect((await messagesOf(two)).map(({ content }) => content)).toEqual(['for two'])
  const time = Math.floor(Date.now() / 1000)
  const removed = { phone_number: two.digits, disconnection_info: { reason: 'CHANGE_NUMBER' } }
  await push(one.account('PARTNER_REMOVED', time, removed))
  expect((await inboxOf(one)).state).toBe('active')
  expect((await inboxOf(two)).state).toBe('reauthorization_required')
})

test('what the phone sent is mirrored, wakes no rule, and is corrected and taken back', async () => {
  const number = await fresh()
  const echo = number.text('from the phone')
  await push(number.messages(number.text('question')))
  await push(number.echoes(echo))
  expect((await messagesOf(number))[1]).toMatchObject({
    content: 'from the phone',
    direction: 'outgoing',
    origin: 'echo',
    content_attributes: { sent_from: 'phone' },
  })
  expect(await createdEvents(number)).toBe(1)
  const message = { type: 'text', text: { body: 'corrected' } }
  const original_message_id = (echo as { id: string }).id
  await push(
    number.echoes(number.written({ type: 'edit', edit: { original_message_id, message } })),
  )
  expect((await messagesOf(number))[1]).toMatchObject({ content: 'corrected' })
  await push(number.echoes(number.written({ type: 'revoke', revoke: { original_message_id } })))
  expect((await messagesOf(number))[1]).toMatchObject({
    content: '',
    content_attributes: { deleted_at: expect.any(String) },
  })
})

test('what the phone answered is a person’s answer, and what came after it is not', async () => {
  const number = await fresh()
  const at = (seconds: number) => Date.now() + seconds * 1_000
  const text = (body: string, when: number) =>
    number.written({ type: 'text', text: { body } }, when)
  await push(number.messages(text('question', at(-20))))
  await push(number.echoes(text('answer', at(-10))))
  await push(number.messages(text('another question', at(0))))
  const [question, , another] = await messagesOf(number)
  const isAnswered = ({ id, sent_at }: typeof question & object) =>
    inTransaction(api.db, (trx) =>
      answeredByPerson(trx, number.accountId, question!.conversation_id, {
        at: sent_at,
        messageId: id,
      }),
    )
  expect(await isAnswered(question!)).toBe(true)
  expect(await isAnswered(another!)).toBe(false)
})

test('131060 is a placeholder that wakes nobody’s answer, and a later copy replaces it and does', async () => {
  const number = await fresh()
  const { id } = number.text('x') as { id: string }
  const errors = [{ code: 131060, title: 'This message is currently unavailable.' }]
  await push(number.messages(number.written({ id, type: 'unsupported', errors })))
  const [placeholder] = await messagesOf(number)
  expect(placeholder).toMatchObject({
    content: '',
    content_attributes: { unavailable: 'see_phone', automatic: true },
  })
  const image = { id: 'media-1', mime_type: 'image/jpeg', caption: 'the real one' }
  const copy = number.messages(number.written({ id, type: 'image', image }))
  await push(copy)
  await push(copy)
  const [filled, ...others] = await messagesOf(number)
  expect(others).toEqual([])
  expect(filled).toMatchObject({ id: placeholder!.id, content: 'the real one', origin: 'live' })
  expect(filled!.content_attributes).not.toHaveProperty('unavailable')
  expect(filled!.content_attributes).not.toHaveProperty('automatic')
  expect(filled!.seq).toBeGreaterThan(placeholder!.seq!)
  const files = await api.db
    .selectFrom('attachments')
    .selectAll()
    .where('message_id', '=', filled!.id)
    .execute()
  expect(files).toMatchObject([{ part: 'media-1', state: 'in_mailbox' }])
})

test('cut off and taken in again count by Meta’s clock, in whatever order they are told', async () => {
  const number = await fresh()
  const now = Math.floor(Date.now() / 1000)
  await push(number.account('ACCOUNT_RECONNECTED', now + 1))
  await push(number.account('ACCOUNT_OFFBOARDED', now))
  expect((await inboxOf(number)).attention).toBe('none')
  await push(number.account('ACCOUNT_OFFBOARDED', now + 2))
  expect(await inboxOf(number)).toMatchObject({
    attention: 'red',
    health: { receive: { reason: 'whatsapp_offboarded', message: expect.any(String) } },
  })
  await push(number.account('ACCOUNT_RECONNECTED', now + 3))
  expect((await inboxOf(number)).attention).toBe('none')
})

test.each([
  ['ACCOUNT_DISCONNECTED', 'whatsapp_disconnected'],
  ['BUSINESS_DOWNGRADE', 'whatsapp_downgraded'],
  ['CHANGE_NUMBER', 'whatsapp_number_changed'],
  ['COMPANION_INACTIVITY', 'whatsapp_companion_inactive'],
  ['PRIMARY_INACTIVITY', 'whatsapp_phone_inactive'],
  ['USER_RE_REGISTERED', 'whatsapp_registered_again'],
  ['SOMETHING_NEW', 'whatsapp_disconnected'],
])(
  '%s turns the inbox red with its reason, and messages are stored all the same',
  async (reason, code) => {
    const number = await fresh()
    const disconnection_info = { reason, initiated_by: 'SYSTEM' }
    await push(
      number.account('PARTNER_REMOVED', Math.floor(Date.now() / 1000), { disconnection_info }),
    )
    const { state, health } = await inboxOf(number)
    expect(state).toBe('reauthorization_required')
    expect(health.receive).toMatchObject({
      reason: code,
      message: expect.any(String),
      remedy: expect.any(String),
    })
    await push(number.messages(number.text('still here')))
    expect(await messagesOf(number)).toHaveLength(1)
  },
)

test('a name of the phone’s address book names whom nobody has named, and no other', async () => {
  const number = await fresh()
  const sync = (phone_number: string, full_name: string) =>
    number.change('smb_app_state_sync', {
      state_sync: [{ type: 'contact', contact: { full_name, phone_number }, action: 'add' }],
    })
  await push(number.messages(number.text('Olá')))
  await push(sync(number.contact, 'Another name'), sync('16505559999', 'Pablo Morales'))
  await push(sync('16505559999', 'Pablo the second'))
  const contacts = await api.db
    .selectFrom('contacts')
    .select(['name', 'phone_number'])
    .where('account_id', '=', number.accountId)
    .where('phone_number', 'in', [`+${number.contact}`, '+16505559999'])
    .orderBy('phone_number')
    .execute()
  expect(contacts).toEqual([
    { name: 'Sheena', phone_number: `+${number.contact}` },
    { name: 'Pablo Morales', phone_number: '+16505559999' },
  ])
})

test('a history of 5,000 messages in one POST is accepted whole and unread, for a worker to import', async () => {
  const number = await fresh({ phase: 'importing' })
  const entry = number.history(5_000, 0, 40)
  expect((await push(entry)).status).toBe(200)
  expect(await messagesOf(number)).toEqual([])
  const inbox = await inboxOf(number)
  expect(inbox.import).toMatchObject({ window: { kind: 'pushed', progress: 13, end: null } })
  const chunks = await api.call(
    api.accounts[0],
    'GET',
    `/inboxes/${number.inboxId}/deliveries?kind=history`,
  )
  expect(chunks.body.data).toMatchObject([{ reason: 'waiting' }])
})

test('progress only grows and an end stays an end, however the chunks are ordered', async () => {
  const number = await fresh({ phase: 'importing' })
  const windowOf = async () => (await inboxOf(number)).import.window
  await push(number.history(10, 2, 100))
  await push(number.history(10, 0, 50, 1))
  expect(await windowOf()).toEqual({ kind: 'pushed', progress: 100, end: 'complete' })
  const refused = await fresh({ phase: 'importing' })
  await push(refused.historyRefused())
  expect((await inboxOf(refused)).import.window).toMatchObject({ end: 'refused' })
})

test('a refusal of the history is understood without its envelope too', async () => {
  const number = await fresh({ phase: 'importing' })
  const { value } = number.historyRefused().changes[0]!
  expect((await pushMeta(api, [], { body: wireBody(value) })).status).toBe(200)
  expect((await inboxOf(number)).import.window).toMatchObject({ end: 'refused' })
})

test('the file of a message from history fills its place in silence', async () => {
  const number = await fresh({ phase: 'importing' })
  const image = { id: 'media-2', mime_type: 'image/jpeg' }
  const file = number.written(
    { id: 'wamid.placed', type: 'image', image },
    Date.now() - 5 * 86_400_000,
  )
  await push(number.change('history', { messages: [file] }))
  expect(await messagesOf(number)).toMatchObject([{ origin: 'history', seq: null }])
  expect(await createdEvents(number)).toBe(0)
})
