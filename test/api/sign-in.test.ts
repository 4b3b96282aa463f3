// The API's part of a sign-in: who gets a link, what binds it to a browser, where a browser may go.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consentBrowser, textOf } from '../support/consent-browser.ts'
import { type ApiUnderTest, startApi, type TestAccount } from './api-under-test.ts'

const PUBLIC = 'https://chat.example'
let api: ApiUnderTest
let one: TestAccount
beforeAll(async () => {
  api = await startApi({
    PUBLIC_URL: PUBLIC,
    GOOGLE_CLIENT_ID: 'our-google-app',
    GOOGLE_CLIENT_SECRET: 'planted-google-secret',
    RETURN_URLS: 'https://console.example/inboxes',
  })
  one = api.accounts[0]
})
afterAll(() => api.stop())

let made = 0
async function begin(more: Record<string, unknown> = {}) {
  made += 1
  const payload = { channel: 'google', name: 'Support', address: `s${made}@shop.example`, ...more }
  return api.call(one, 'POST', '/inboxes', { payload })
}
const browser = () => consentBrowser(api.app, { visit: () => Promise.reject(new Error('no')) })
const stateOf = (url: string) => url.split('/').at(-1)!
const callback = (provider: string, query: Record<string, string>) =>
  `${PUBLIC}/oauth/${provider}/callback?${new URLSearchParams(query)}`

test('the link is told once, and only the hash of its state is kept', async () => {
  const { status, body } = await begin()
  expect(status).toBe(201)
  const state = stateOf(body.authorization.url)
  expect(body.authorization.url).toBe(`${PUBLIC}/connect/${state}`)
  const lifetime = Date.parse(body.authorization.expires_at) - Date.now()
  expect(lifetime).toBeGreaterThan(29 * 60_000)
  expect(lifetime).toBeLessThanOrEqual(30 * 60_000)
  const rows = await api.db.selectFrom('connect_drafts').selectAll().execute()
  const hash = createHash('sha256').update(state).digest()
  expect(rows.filter((row) => row.state_hash?.equals(hash))).toHaveLength(1)
  const kept = JSON.stringify(rows, (_, value) =>
    value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
  )
  expect(kept).not.toContain(state)
  expect(api.logged.join()).not.toContain(state)
})

test('the page binds the browser by a cookie of this host alone', async () => {
  const { body } = await begin()
  const page = await browser().open(body.authorization.url)
  const cookie = String(page.headers['set-cookie'])
  expect(cookie).toMatch(/^__Host-consent-[0-9a-f]{16}=/)
  for (const part of ['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure']) {
    expect(cookie).toContain(part)
  }
  expect(cookie).not.toContain('Domain')
  expect(page.html).not.toMatch(/<script|<form|<img/)
})

test('names in the page are text, whatever they look like', async () => {
  const { body } = await begin({ name: '<script>alert(1)</script>' })
  const page = await browser().open(body.authorization.url)
  expect(page.html).not.toContain('<script>')
  expect(textOf(page)).toContain('<script>alert(1)</script>')
})

test('a callback wants the cookie, a known state, and the provider it was begun with', async () => {
  const { body } = await begin()
  const state = stateOf(body.authorization.url)
  const code = 'a-code'
  const stranger = await browser().open(callback('google', { state, code }))
  expect(stranger.status).toBe(410)
  const visitor = browser()
  await visitor.open(body.authorization.url)
  expect((await visitor.open(callback('google', { state: 'x'.repeat(43), code }))).status).toBe(410)
  expect((await visitor.open(callback('microsoft', { state, code }))).status).toBe(410)
  expect(api.told).not.toContain('reconnect')
  expect((await visitor.open(callback('google', { state, code }))).status).toBe(200)
  expect(api.told).toContain('reconnect')
  expect(visitor.jar.size).toBe(0)
  expect((await visitor.open(callback('google', { state, code }))).status).toBe(410)
})

test('while Temporal is away a person is told so, and the code waits sealed', async () => {
  const { body } = await begin()
  const visitor = browser()
  await visitor.open(body.authorization.url)
  api.temporal.down = true
  const state = stateOf(body.authorization.url)
  const page = await visitor.open(callback('google', { state, code: 'a-planted-code' }))
  api.temporal.down = false
  expect(page.status).toBe(503)
  expect(textOf(page)).toMatch(/not connected/)
  const rows = await api.db.selectFrom('connect_drafts').selectAll().execute()
  const own = rows.filter(({ inbox_id }) => inbox_id === body.id)
  expect(own).toMatchObject([{ state_hash: null }])
  expect(own[0]!.ciphertext.includes('a-planted-code')).toBe(false)
})

test('what a provider says in the address is shown to nobody', async () => {
  const { body } = await begin()
  const visitor = browser()
  await visitor.open(body.authorization.url)
  const state = stateOf(body.authorization.url)
  const page = await visitor.open(callback('google', { state, error: '<b>access_denied</b>' }))
  expect(page.status).toBe(422)
  expect(page.html).not.toContain('access_denied')
})

test('the browser goes back only to where the operator allows', async () => {
  const refused = [
    'https://evil.example/inboxes',
    'https://console.example/other',
    'https://console.example.evil.example/inboxes',
    'https://user@console.example/inboxes',
    'http://console.example/inboxes',
    'https://console.example/inboxesx',
  ]
  for (const return_url of refused) {
    const { status, body } = await begin({ return_url })
    expect(status, return_url).toBe(400)
    expect(body.details.fields[0].reason).toBe('return_url_not_allowed')
  }
  const { body } = await begin({ return_url: 'https://console.example/inboxes/new?step=2' })
  const visitor = browser()
  await visitor.open(body.authorization.url)
  const state = stateOf(body.authorization.url)
  const page = await visitor.open(callback('google', { state, error: 'access_denied' }))
  expect(page.status).toBe(303)
  expect(page.headers.location).toBe(
    `https://console.example/inboxes/new?step=2&inbox_id=${body.id}&result=consent_denied`,
  )
})

test('without an app of the operator there is no sign-in, and a form is no sign-in', async () => {
  const microsoft = await begin({ channel: 'microsoft' })
  expect(microsoft).toMatchObject({ status: 409, body: { code: 'sign_in_not_configured' } })
  const server = { host: 'imap.example.com', password: 'x' }
  const payload = { name: 'Form', address: 'form@shop.example', imap: server }
  const form = await api.call(one, 'POST', '/inboxes', { payload })
  expect(form.body.authorization).toBeNull()
  const asked = await api.call(one, 'POST', `/inboxes/${form.body.id}/authorize`)
  expect(asked).toMatchObject({ status: 409, body: { code: 'not_by_sign_in' } })
})

test('the same mailbox twice is a conflict, whichever way it is reached', async () => {
  const { body } = await begin()
  const again = await api.call(one, 'POST', '/inboxes', {
    payload: { name: 'x', address: body.address, imap: { host: 'i.example', password: 'x' } },
  })
  expect(again).toMatchObject({ status: 409, body: { code: 'channel_already_connected' } })
})

test('a key that may not administer gets no link', async () => {
  const { body } = await begin()
  const agent = { ...one, key: await api.keyOf(one, 'agent') }
  const asked = await api.call(agent, 'POST', `/inboxes/${body.id}/authorize`)
  expect(asked.status).toBe(403)
})
