// People at the console: invitation, password, session, and what another site may not do with it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'

let api: ApiUnderTest
let now = Date.now()
beforeAll(async () => {
  api = await startApi({}, () => new Date(now))
})
afterAll(() => api?.stop())

const PASSWORD = 'correct horse battery'
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' }

test('an invitation sets the password once and logs in', async () => {
  const { agent, token } = await invited('once')
  const first = await accept(token)
  expect(first.statusCode).toBe(200)
  expect(first.json().user).toMatchObject({ id: agent.id, role: 'agent' })
  expect((await whoIs(cookieOf(first))).json().user.id).toBe(agent.id)
  expect((await accept(token)).json().code).toBe('invitation_expired')
  const again = await login(agent.email, PASSWORD)
  expect((await whoIs(cookieOf(again))).statusCode).toBe(200)
})

test('of two who use an invitation at once one gets in, and the other changes nothing', async () => {
  const { agent, token } = await invited('at-once')
  const names = ['Ana', 'Bia']
  const replies = await Promise.all(names.map((name) => accept(token, { name })))
  const statuses = replies.map(({ statusCode }) => statusCode)
  expect(statuses.toSorted()).toEqual([200, 410])
  const first = statuses.indexOf(200)
  expect((await whoIs(cookieOf(replies[first]!))).json().user).toMatchObject({
    id: agent.id,
    name: names[first],
  })
})

test('an invitation that was changed, is another purpose’s, or is old opens nothing', async () => {
  const { token } = await invited('forged')
  const { token: other } = await invited('other')
  const [text] = token.split('.')
  const [, signature] = other.split('.')
  for (const forged of [`${text}.${signature}`, `${text}.`, 'x.y', '']) {
    expect((await accept(forged)).statusCode, forged).toBe(410)
  }
  now += 4 * 86_400_000
  expect((await accept(token)).json().code).toBe('invitation_expired')
})

test('the first administrator corrects name and address while setting the password', async () => {
  const [, two] = api.accounts
  const invitation = await api.call(two, 'POST', `/agents/${two.adminId}/invitation`)
  const fields = { name: 'Ana', email: 'ana@two.example' }
  const reply = await accept(tokenOf(invitation.body.url), fields)
  expect(reply.json()).toMatchObject({ user: { ...fields, role: 'administrator' } })
  expect((await login('ANA@two.example', PASSWORD)).statusCode).toBe(200)
})

test('a wrong password and an unknown address are one answer', async () => {
  const { agent, token } = await invited('wrong')
  await accept(token)
  const wrong = await login(agent.email, 'not this one')
  const unknown = await login('nobody@example.com', PASSWORD)
  expect(wrong.statusCode).toBe(401)
  expect(unknown.json()).toEqual(wrong.json())
})

test('the cookie is for pages of this host only, and for TLS where the address has it', async () => {
  const { agent, token } = await invited('cookie')
  const cookie = String((await accept(token)).headers['set-cookie'])
  expect(cookie).toMatch(/^session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Expires=/)
  const secure = await startApi({ PUBLIC_URL: 'https://chat.example' })
  try {
    const [one] = secure.accounts
    const { body } = await secure.call(one, 'POST', `/agents/${one.adminId}/invitation`)
    expect(body.url).toMatch(/^https:\/\/chat\.example\/console\/welcome#/)
    const reply = await secure.app.inject({
      method: 'POST',
      url: '/api/v1/session/invitation',
      headers: OWN_PAGE,
      payload: { token: tokenOf(body.url), password: PASSWORD },
    })
    expect(String(reply.headers['set-cookie'])).toMatch(/^__Host-session=.*; Secure$/)
  } finally {
    await secure.stop()
  }
  expect(agent.id).toBeGreaterThan(0)
})

test('another site can neither log a visitor in nor change anything with a session', async () => {
  const { agent, token } = await invited('csrf')
  const cookie = cookieOf(await accept(token))
  const url = `/api/v1/accounts/${api.accounts[0].accountId}/notifications/1/read`
  const send = (headers: Record<string, string>) =>
    api.app.inject({ method: 'POST', url, headers: { cookie, ...headers } })
  for (const foreign of [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
    { origin: 'https://evil.example', host: 'localhost' },
    { origin: 'null', host: 'localhost' },
  ]) {
    expect((await send(foreign)).json().code, JSON.stringify(foreign)).toBe('not_our_page')
  }
  // The same from our own page is only about a notification that does not exist.
  expect((await send(OWN_PAGE)).statusCode).toBe(404)
  expect((await send({ origin: 'http://localhost', host: 'localhost' })).statusCode).toBe(404)
  const elsewhere = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    headers: { 'sec-fetch-site': 'cross-site' },
    payload: { email: agent.email, password: PASSWORD },
  })
  expect(elsewhere.json().code).toBe('not_our_page')
  expect(elsewhere.headers['set-cookie']).toBeUndefined()
})

test('a session ends with logging out, with its time, with a new password and with the person', async () => {
  const { agent, token } = await invited('ends')
  const out = cookieOf(await accept(token))
  await api.app.inject({
    method: 'DELETE',
    url: '/api/v1/session',
    headers: { cookie: out, ...OWN_PAGE },
  })
  expect((await whoIs(out)).statusCode).toBe(401)

  const old = cookieOf(await login(agent.email, PASSWORD))
  const changed = await api.app.inject({
    method: 'PUT',
    url: '/api/v1/session/password',
    headers: { cookie: old, ...OWN_PAGE },
    payload: { current_password: PASSWORD, password: 'another horse battery' },
  })
  expect(changed.statusCode).toBe(200)
  expect((await whoIs(old)).statusCode).toBe(401)
  expect((await whoIs(cookieOf(changed))).statusCode).toBe(200)

  const expired = cookieOf(await login(agent.email, 'another horse battery'))
  await api.db
    .updateTable('api_keys')
    .set({ session_expires_at: new Date(Date.now() - 1000) })
    .where('user_id', '=', agent.id)
    .where('session_expires_at', 'is not', null)
    .execute()
  expect((await whoIs(expired)).statusCode).toBe(401)

  const removed = cookieOf(await login(agent.email, 'another horse battery'))
  expect((await api.call(api.accounts[0], 'DELETE', `/agents/${agent.id}`)).status).toBe(204)
  expect((await whoIs(removed)).statusCode).toBe(401)
  expect((await login(agent.email, 'another horse battery')).statusCode).toBe(401)
})

test('an agent’s session opens the inboxes it works in, from the moment it works there', async () => {
  const [one] = api.accounts
  const { agent, token } = await invited('member')
  const cookie = cookieOf(await accept(token))
  const form = { payload: emailForm('member@example.com') }
  const { body: inbox } = await api.call(one, 'POST', '/inboxes', form)
  const read = () => as(cookie, 'GET', `/inboxes/${inbox.id}`)
  expect((await read()).statusCode).toBe(404)
  const members = { payload: { agent_ids: [agent.id] } }
  await api.call(one, 'POST', `/inboxes/${inbox.id}/members`, members)
  expect((await read()).statusCode).toBe(200)
  expect((await as(cookie, 'POST', `/inboxes/${inbox.id}/pause`)).json().code).toBe('forbidden')
  await api.call(one, 'DELETE', `/inboxes/${inbox.id}/members/${agent.id}`)
  expect((await read()).statusCode).toBe(404)
})

test('a person who is made administrator is one at once, and another account stays closed', async () => {
  const [one, two] = api.accounts
  const { agent, token } = await invited('raised')
  const cookie = cookieOf(await accept(token))
  expect((await as(cookie, 'GET', '/api_keys')).statusCode).toBe(403)
  await api.call(one, 'PATCH', `/agents/${agent.id}`, { payload: { role: 'administrator' } })
  const keys = await as(cookie, 'GET', '/api_keys')
  expect(keys.statusCode).toBe(200)
  // Sessions are no keys that somebody made.
  expect(JSON.stringify(keys.json())).not.toContain('Console')
  const url = `/api/v1/accounts/${two.accountId}/inboxes`
  expect((await api.app.inject({ url, headers: { cookie } })).statusCode).toBe(404)
})

test('who guesses passwords is held up, each address and each person by itself', async () => {
  const guess = (email: string, remoteAddress: string) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: OWN_PAGE,
      remoteAddress,
      payload: { email, password: '' },
    })
  const times = (count: number) => Array.from({ length: count }, (_, n) => n)
  await Promise.all(times(10).map((n) => guess(`guess${n}@example.com`, '192.0.2.1')))
  const held = await guess('last@example.com', '192.0.2.1')
  expect(held.statusCode).toBe(429)
  expect(Number(held.headers['retry-after'])).toBeGreaterThan(0)
  await Promise.all(times(20).map((n) => guess('victim@example.com', `198.51.100.${n}`)))
  expect((await guess('Victim@example.com', '198.51.100.99')).statusCode).toBe(429)
})

test('who has a key and guesses the password of its person is held up too', async () => {
  const [one] = api.accounts
  const { agent } = await invited('guessed')
  const { body } = await api.call(one, 'POST', '/api_keys', {
    payload: { name: 'found', role: 'agent', user_id: agent.id },
  })
  const guess = async (key: string) => {
    const { statusCode } = await api.app.inject({
      method: 'PUT',
      url: '/api/v1/session/password',
      headers: { api_access_token: key },
      payload: { current_password: '', password: PASSWORD },
    })
    return statusCode
  }
  const tries = await Promise.all(Array.from({ length: 20 }, () => guess(body.key)))
  expect(new Set(tries)).toEqual(new Set([401]))
  expect(await guess(body.key)).toBe(429)
  expect(await guess(one.key)).toBe(401)
})

async function invited(name: string) {
  const [one] = api.accounts
  const payload = { name, email: `${name}@example.com`, role: 'agent' }
  const { body: agent } = await api.call(one, 'POST', '/agents', { payload })
  const { body } = await api.call(one, 'POST', `/agents/${agent.id}/invitation`)
  return { agent: agent as { id: number; email: string }, token: tokenOf(body.url) }
}

const tokenOf = (url: string) => url.split('#')[1]!

function accept(token: string, more: object = {}) {
  return api.app.inject({
    method: 'POST',
    url: '/api/v1/session/invitation',
    headers: OWN_PAGE,
    payload: { token, password: PASSWORD, ...more },
  })
}

function login(email: string, password: string) {
  return api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    headers: OWN_PAGE,
    payload: { email, password },
  })
}

const cookieOf = ({ headers }: { headers: Record<string, unknown> }) =>
  String(headers['set-cookie']).split(';')[0]!

const whoIs = (cookie: string) => api.app.inject({ url: '/api/v1/session', headers: { cookie } })

function as(cookie: string, method: 'GET' | 'POST', path: string) {
  const url = `/api/v1/accounts/${api.accounts[0].accountId}${path}`
  return api.app.inject({ method, url, headers: { cookie, ...OWN_PAGE } })
}
