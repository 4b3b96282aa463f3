// A mail as agents see it: the reply apart from the quote, its HTML safe, its pictures in place.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeInbound } from '../../messaging/store-inbound.ts'
import { mail } from '../messaging/mailroom.ts'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'

let api: ApiUnderTest
let inboxId: number
beforeAll(async () => {
  api = await startApi()
  const form = { ...emailForm('shown@example.com'), thread_by_subject: true }
  const made = await api.call(api.accounts[0], 'POST', '/inboxes', { payload: form })
  expect(made.body.thread_by_subject).toBe(true)
  inboxId = made.body.id
})
afterAll(() => api.stop())

const HTML =
  '<p onclick="x()">Olá</p><img src="cid:logo@x"><img src="https://x.example/t.gif"><script>x()</script>'

/** The message of a mail as the list shows it. */
async function stored(options: Parameters<typeof mail>[0], html: string | null) {
  const [one] = api.accounts
  const message = { ...mail(options), html }
  const arrivalOf = () => 'late' as const
  const target = { accountId: one.accountId, inboxId, folder: 'INBOX', now: new Date(), arrivalOf }
  await storeInbound(api.db, target, { messages: [message], poison: [] })
  const row = await api.db
    .selectFrom('messages')
    .select(['id', 'conversation_id'])
    .where('external_id', '=', message.externalId)
    .executeTakeFirstOrThrow()
  const { body } = await api.call(one, 'GET', `/conversations/${row.conversation_id}/messages`)
  return body.data.find(({ id }: { id: number }) => id === row.id)
}

test('the list tells where the quote begins and never carries the HTML of a mail', async () => {
  const text = 'Obrigada!\n\nEm 4 de nov. de 2025 10:00, S <s@x> escreveu:\n> Olá'
  const shown = await stored({ text }, HTML)
  expect(shown).toMatchObject({ content: text, quote_start: 11, has_html: true })
  expect(JSON.stringify(shown)).not.toContain('script')
  expect(await stored({ text: 'Olá' }, null)).toMatchObject({ quote_start: null, has_html: false })
})

test('the HTML comes filtered, other servers only when asked', async () => {
  const [one, two] = api.accounts
  const { id } = await stored({ text: 'Olá' }, HTML)
  await api.db
    .insertInto('attachments')
    .values({
      account_id: one.accountId,
      message_id: id,
      position: 0,
      file_name: 'logo.png',
      content_type: 'image/png',
      content_id: 'logo@x',
      size: 5,
      state: 'stored',
      storage_key: `${one.accountId}/aa/aacc`,
    })
    .execute()
  const { body } = await api.call(one, 'GET', `/messages/${id}/html`)
  expect(body.blocked_images).toBe(1)
  expect(body.html).toMatch(
    /^<p>Olá<\/p><img src="[^"]+\/attachments\/\d+\?expires=[^"]+" \/><img \/>$/,
  )
  const all = await api.call(one, 'GET', `/messages/${id}/html?remote_images=true`)
  expect(all.body).toMatchObject({ blocked_images: 0 })
  expect(all.body.html).toContain('<img src="https://x.example/t.gif" />')
  expect((await api.call(two, 'GET', `/messages/${id}/html`)).status).toBe(404)
})

test('a mail without HTML is shown as its text', async () => {
  const { id } = await stored({ text: 'Olá' }, null)
  const { body } = await api.call(api.accounts[0], 'GET', `/messages/${id}/html`)
  expect(body).toEqual({ html: null, blocked_images: 0 })
})
