// What whoever writes an answer is told beforehand, and that the API means it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'
import { connectPage, META_ENV, pushMeta } from './meta-inbox.ts'
import { connectNumber } from './whatsapp-number.ts'

const HOUR = 3_600_000

let api: ApiUnderTest
let now = Date.now()
beforeAll(async () => {
  api = await startApi(META_ENV, () => new Date(now))
})
afterAll(() => api?.stop())

const call = (method: string, path: string, payload?: object) =>
  api.call(api.accounts[0], method, path, payload === undefined ? {} : { payload })

async function conversationOf(inboxId: number): Promise<number> {
  return (await call('GET', `/conversations?inbox_id=${inboxId}`)).body.data[0].id
}

test('Instagram: a thousand bytes, a file alone, seven days for people', async () => {
  const page = await connectPage(api, api.accounts[0])
  await pushMeta(api, [page.entry([page.message('Oi')])])
  const path = `/conversations/${await conversationOf(page.inboxId)}`
  const { body } = await call('GET', `${path}/reply_limits`)
  expect(body).toMatchObject({
    refused: null,
    text: { limit: 1000, limit_beside_file: 0, unit: 'bytes' },
    files: 1,
  })
  const days = (Date.parse(body.window_ends_at) - now) / (24 * HOUR)
  expect(Math.round(days)).toBe(7)
  const tooLong = await call('POST', `${path}/messages`, { content: 'é'.repeat(501) })
  expect(tooLong.body.details).toMatchObject({ reason: 'message_too_long', limit: 1000 })
  const fits = await call('POST', `${path}/messages`, { content: 'é'.repeat(500) })
  expect(fits.status).toBe(202)
})

test('WhatsApp: characters, fewer beside a file, and a window that closes after a day', async () => {
  const number = await connectNumber(api, api.accounts[0])
  const push = (entry: object) => pushMeta(api, [entry], { object: 'whatsapp_business_account' })
  await push(number.messages(number.text('Oi')))
  const path = `/conversations/${await conversationOf(number.inboxId)}`
  const open = (await call('GET', `${path}/reply_limits`)).body
  expect(open).toMatchObject({
    refused: null,
    text: { limit: 4096, limit_beside_file: 1024, unit: 'characters' },
  })
  now = Date.parse(open.window_ends_at) + 1
  const { refused, window_ends_at } = (await call('GET', `${path}/reply_limits`)).body
  expect(refused).toMatchObject({ reason: 'window_closed', message: expect.stringMatching(/\S/) })
  expect(window_ends_at).toBe(open.window_ends_at)
  const late = await call('POST', `${path}/messages`, { content: 'Oi' })
  expect(late.body.details).toMatchObject({
    reason: 'window_closed',
    window_ended_at: window_ends_at,
  })
})

test('mail has neither window nor length', async () => {
  const made = await call('POST', '/inboxes', emailForm('limits@example.com'))
  const contact = await api.db
    .insertInto('contacts')
    .values({ account_id: api.accounts[0].accountId, name: 'Bia' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const { id } = await api.db
    .insertInto('conversations')
    .values({
      account_id: api.accounts[0].accountId,
      display_id: 99_000,
      inbox_id: made.body.id,
      contact_id: contact.id,
      first_message_at: new Date(),
      last_message_at: new Date(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  expect((await call('GET', `/conversations/${id}/reply_limits`)).body).toEqual({
    refused: null,
    window_ends_at: null,
    text: null,
    files: null,
  })
})
