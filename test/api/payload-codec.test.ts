// Who may read encrypted payloads: an operator with the password, from the Temporal UI's own pages.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPayloadCodec } from '../../temporal/payload-codec.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

const key = Buffer.alloc(32, 3)
const password = 'a password of operators'
const ui = 'https://temporal.chat.test'
let now = new Date()
let api: ApiUnderTest
let sealed: { metadata: Record<string, string>; data: string }

beforeAll(async () => {
  api = await startApi(
    {
      PUBLIC_URL: 'https://chat.test',
      TEMPORAL_UI_URL: `${ui}/`,
      PAYLOAD_KEYS: `k1:${key.toString('base64')}`,
      CODEC_PASSWORD: password,
    },
    () => now,
  )
  const metadata = { encoding: Buffer.from('json/plain') }
  const payload = { metadata, data: Buffer.from('{"inboxId":7}') }
  const [one] = await createPayloadCodec([{ id: 'k1', key }]).encode([payload])
  const inBase64 = (bytes: Uint8Array | null | undefined) =>
    Buffer.from(bytes ?? []).toString('base64')
  sealed = {
    metadata: Object.fromEntries(
      Object.entries(one!.metadata!).map(([name, value]) => [name, inBase64(value)]),
    ),
    data: inBase64(one!.data),
  }
})
afterAll(() => api?.stop())

const decode = (headers: Record<string, string>, payload: object = { payloads: [sealed] }) =>
  api.app.inject({ method: 'POST', url: '/temporal-codec/decode', headers, payload })

const signIn = (given: string, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/temporal-codec',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
    payload: `password=${encodeURIComponent(given)}`,
  })

async function session(): Promise<string> {
  const reply = await signIn(password)
  return String(reply.headers['set-cookie']).split(';')[0]!
}

test('the command line reads by the password, in the header that it sends', async () => {
  const reply = await decode({ authorization: `Bearer ${password}` })
  expect(reply.statusCode).toBe(200)
  const [payload] = reply.json().payloads
  expect(Buffer.from(payload.data, 'base64').toString()).toBe('{"inboxId":7}')
  expect(reply.headers['cache-control']).toBe('no-store')
})

test('the UI reads by the cookie that the password gave its browser, and asks beforehand whether it may', async () => {
  const asked = await api.app.inject({
    method: 'OPTIONS',
    url: '/temporal-codec/decode',
    headers: { origin: ui, 'access-control-request-headers': 'content-type,x-namespace' },
  })
  expect(asked.statusCode).toBe(204)
  const reply = await decode({ cookie: await session(), origin: ui, 'x-namespace': 'default' })
  expect(reply.statusCode).toBe(200)
  for (const { headers } of [asked, reply]) {
    expect(headers).toMatchObject({
      'access-control-allow-origin': ui,
      'access-control-allow-credentials': 'true',
    })
  }
})

test('the cookie is for the UI’s pages in any window, by TLS alone, and out of reach of scripts', async () => {
  const cookie = String((await signIn(password)).headers['set-cookie'])
  expect(cookie).toMatch(/^__Host-payloads=.*HttpOnly; SameSite=None; .*Secure$/)
})

test.each([
  ['nobody', {}],
  ['a wrong password', { authorization: 'Bearer a password of nobody' }],
  ['a cookie from another site', { origin: 'https://evil.test' }],
  ['a cookie from an origin that only begins like the UI', { origin: `${ui}.evil.test` }],
  ['a cookie from a page that does not say which', { origin: '' }],
])('%s reads nothing and is told no origin', async (name, headers) => {
  const cookie = name.includes('cookie') ? { cookie: await session() } : {}
  const reply = await decode({ ...cookie, ...headers })
  expect(reply.statusCode).toBe(401)
  expect(reply.headers['access-control-allow-origin']).toBeUndefined()
  expect(reply.body).not.toContain('payloads')
})

test('a session ends, and one that was lengthened by hand is none', async () => {
  const cookie = await session()
  const lengthened = cookie.replace(/=(\d+)/, (_, expires) => `=${Number(expires) + 1}`)
  expect((await decode({ cookie: lengthened, origin: ui })).statusCode).toBe(401)
  now = new Date(now.getTime() + 13 * 3_600_000)
  expect((await decode({ cookie, origin: ui })).statusCode).toBe(401)
})

test('the page asks for the password and takes it from itself alone', async () => {
  const page = await api.app.inject({ method: 'GET', url: '/temporal-codec' })
  expect(page.body).toContain('type="password"')
  expect(page.headers['content-security-policy']).toContain("form-action 'self'")
  expect((await signIn(password, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
  const wrong = await signIn('another password')
  expect([wrong.statusCode, wrong.headers['set-cookie']]).toEqual([401, undefined])
})

test('what was not made by our keys is refused, and nothing is said of it', async () => {
  const foreign = { ...sealed, data: Buffer.alloc(60).toString('base64') }
  const reply = await decode({ authorization: `Bearer ${password}` }, { payloads: [foreign] })
  expect(reply.statusCode).toBe(400)
})

test('passwords cannot be guessed: an address has ten tries a minute', async () => {
  const guess = async () => (await decode({ authorization: 'Bearer guess', 'x-n': '1' })).statusCode
  const tries: number[] = []
  for (let n = 0; n < 12; n++) tries.push(await guess())
  expect(tries.at(-1)).toBe(429)
})

test('without keys, or without a password, there is no such address', async () => {
  for (const env of [
    { CODEC_PASSWORD: password },
    { PAYLOAD_KEYS: `k1:${key.toString('base64')}` },
  ]) {
    const other = await startApi(env as Record<string, string>)
    const reply = await other.app.inject({ method: 'GET', url: '/temporal-codec' })
    expect(reply.statusCode).toBe(404)
    await other.stop()
  }
})
