// What every route shares: idempotency, error texts, limits, metrics, the end of a process.
import { once } from 'node:events'
import { connect } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'
import { connectWidget } from './widget-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const agent = (email: string) => ({ name: 'Ana', email, role: 'agent' })
const usersCalled = (email: string) =>
  api.db.selectFrom('users').select('id').where('email', '=', email).execute()
const keyed = (key: string) => ({ 'idempotency-key': key })

test('the same POST with the same key is done once and answered alike', async () => {
  const [one] = api.accounts
  const send = () =>
    api.call(one, 'POST', '/agents', { headers: keyed('a'), payload: agent('once@example.com') })
  const [first, second] = [await send(), await send()]
  expect(first.status).toBe(201)
  expect(second.status).toBe(201)
  expect(second.body).toEqual(first.body)
  expect(second.headers['idempotency-replayed']).toBe('true')
})

test('another body under the same key is 422, another account’s key is its own', async () => {
  const [one, two] = api.accounts
  const other = await api.call(one, 'POST', '/agents', {
    headers: keyed('a'),
    payload: agent('other@example.com'),
  })
  expect(other.status).toBe(422)
  expect(other.body.code).toBe('idempotency_key_reused')
  const elsewhere = await api.call(two, 'POST', '/agents', {
    headers: keyed('a'),
    payload: agent('once@example.com'),
  })
  expect(elsewhere.status).toBe(201)
})

test('of ten at once one is done; the rest are told to wait or get its reply', async () => {
  const [one] = api.accounts
  const replies = await Promise.all(
    Array.from({ length: 10 }, () =>
      api.call(one, 'POST', '/agents', { headers: keyed('b'), payload: agent('ten@example.com') }),
    ),
  )
  const statuses = new Set(replies.map(({ status }) => status))
  expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true)
  for (const { status, body } of replies) {
    if (status === 409) expect(body.code).toBe('idempotency_key_running')
  }
  expect(await usersCalled('ten@example.com')).toHaveLength(1)
})

test('a reply that cannot be kept undoes the effect, so that the repeat is the first', async () => {
  const [one] = api.accounts
  const send = () =>
    api.call(one, 'POST', '/agents', { headers: keyed('died'), payload: agent('died@example.com') })
  // As if the process died after the effect and before the reply was kept.
  await sql`alter table idempotency_keys add constraint died check (key not like '%:died')`.execute(
    api.db,
  )
  expect((await send()).status).toBe(500)
  expect(await usersCalled('died@example.com')).toEqual([])
  await sql`alter table idempotency_keys drop constraint died`.execute(api.db)
  const repeat = await send()
  expect(repeat.status).toBe(201)
  expect(repeat.headers['idempotency-replayed']).toBeUndefined()
  expect(await usersCalled('died@example.com')).toHaveLength(1)
})

test('a refusal leaves no key: the corrected request may have it', async () => {
  const [one] = api.accounts
  const send = (email: string) =>
    api.call(one, 'POST', '/agents', { headers: keyed('again'), payload: agent(email) })
  expect((await send('ten@example.com')).body.code).toBe('email_taken')
  expect((await send('eleven@example.com')).status).toBe(201)
})

test('while the first is at work a repeat is told to wait, and afterwards gets its reply', async () => {
  const [one] = api.accounts
  const send = () =>
    api.call(one, 'POST', '/agents', { headers: keyed('slow'), payload: agent('slow@example.com') })
  const locked = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const holding = api.db.transaction().execute(async (trx) => {
    await sql`lock table users in share mode`.execute(trx)
    locked.resolve()
    await release.promise
  })
  await locked.promise
  const first = send()
  await waitFor(
    async () =>
      (await sql`select from pg_locks where locktype = 'advisory'`.execute(api.db)).rows[0],
    { what: 'the first at work' },
  )
  const early = await send()
  expect(early.body.code).toBe('idempotency_key_running')
  expect(Number(early.headers['retry-after'])).toBeGreaterThan(0)
  release.resolve()
  await holding
  expect((await first).status).toBe(201)
  expect((await send()).body).toEqual((await first).body)
})

test('a command to a workflow with the same key is given once', async () => {
  const [one] = api.accounts
  const { body } = await api.call(one, 'POST', '/inboxes', {
    headers: keyed('inbox'),
    payload: emailForm('keyed@example.com'),
  })
  const pause = () =>
    api.call(one, 'POST', `/inboxes/${body.id}/pause`, { headers: keyed('pause') })
  const before = api.told.length
  const replies = [await pause(), await pause()]
  expect(replies.map(({ status }) => status)).toEqual([200, 200])
  expect(replies[1]!.body).toEqual(replies[0]!.body)
  expect(api.told.slice(before)).toEqual(['pause'])
})

test('a secret that is shown once can be had again with its key, and lies encrypted', async () => {
  const [one] = api.accounts
  const payload = { name: 'k', role: 'agent' }
  const send = () => api.call(one, 'POST', '/api_keys', { headers: keyed('c'), payload })
  const [first, second] = [await send(), await send()]
  expect(first.status).toBe(201)
  expect(second.body.key).toBe(first.body.key)
  const rows = await api.db.selectFrom('idempotency_keys').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(first.body.key)
})

test('an error speaks the reader’s language, else the account’s', async () => {
  const [one] = api.accounts
  const read = async (headers: Record<string, string>) =>
    (await api.call(one, 'GET', '/inboxes/999', { headers })).body
  expect((await read({})).message).toBe('There is nothing with this id.')
  expect((await read({ 'accept-language': 'pt-BR' })).message).toBe('Não existe nada com este id.')
  expect(await read({})).toMatchObject({ statusCode: 404, code: 'not_found' })
})

test('broken JSON, another media type and an unknown route have their own codes', async () => {
  const [one] = api.accounts
  const post = (payload: string, type: string) =>
    api.call(one, 'POST', '/agents', { payload, headers: { 'content-type': type } })
  expect((await post('{', 'application/json')).body.code).toBe('invalid_json')
  expect((await post('a', 'text/csv')).body.code).toBe('unsupported_media_type')
  expect((await api.call(one, 'GET', '/nothing')).body.code).toBe('route_not_found')
  expect((await api.call(one, 'GET', '/inboxes/abc')).body.code).toBe('invalid_request')
})

test('too many requests of one key are a 429 that says when to come back', async () => {
  const strict = await startApi({ RATE_LIMIT: '2' })
  try {
    const [one, two] = strict.accounts
    for (let n = 0; n < 2; n++) await strict.call(one, 'GET', '/inboxes')
    const refused = await strict.call(one, 'GET', '/inboxes')
    expect(refused.status).toBe(429)
    expect(refused.body.code).toBe('rate_limited')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await strict.call(two, 'GET', '/inboxes')).status).toBe(200)
  } finally {
    await strict.stop()
  }
})

test('a header that the route does not believe makes nobody else of a caller', async () => {
  const strict = await startApi({ RATE_LIMIT: '3' })
  try {
    const [one, two] = strict.accounts
    const visitor = await (await connectWidget(strict, one)).visitor()
    const inboxes = `/api/v1/accounts/${two.accountId}/inboxes`
    const conversations = '/api/v1/widget/conversations'
    const page = '/widget?website_token=none'
    const cases: [url: string, own: Record<string, string>, invented: string][] = [
      [inboxes, { cookie: `session=${two.key}` }, 'authorization'],
      [conversations, { authorization: `Bearer ${visitor.token}` }, 'api_access_token'],
      [page, {}, 'authorization'],
      [page, {}, 'cookie'],
    ]
    for (const [url, own, name] of cases) {
      const statuses = []
      for (let at = 0; at < 4; at++) {
        const headers = { ...own, [name]: `session=${crypto.randomUUID()}` }
        statuses.push((await strict.app.inject({ url, headers })).statusCode)
      }
      expect(statuses.at(-1), `${url} ${name}: ${statuses}`).toBe(429)
    }
  } finally {
    await strict.stop()
  }
})

test('guessing keys is stopped by address, which known keys from there do not feel', async () => {
  const strict = await startApi({ TRUSTED_PROXIES: '127.0.0.1' })
  try {
    const [one] = strict.accounts
    const from = (address: string, key: string) =>
      strict.call(one, 'GET', '/inboxes', {
        headers: { api_access_token: key, 'x-forwarded-for': address },
      })
    const guesses = []
    for (let n = 0; n < 25; n++) guesses.push(await from('203.0.113.7', `cck_guess${n}`))
    expect(guesses[0]!.body.code).toBe('unauthenticated')
    const refused = guesses.at(-1)!
    expect(refused.status).toBe(429)
    expect(refused.body.code).toBe('rate_limited')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await from('203.0.113.7', one.key)).status).toBe(200)
    expect((await from('203.0.113.8', 'cck_elsewhere')).status).toBe(401)
  } finally {
    await strict.stop()
  }
})

test('metrics count requests by route pattern, and tell the age of the outbox', async () => {
  const [one] = api.accounts
  await api.call(one, 'GET', '/inboxes/424242')
  const { body } = await api.app.inject('/metrics')
  expect(body).toMatch(/cloudchat_http_requests_total\{[^}]*inboxes\/:id/)
  expect(body).not.toContain('inboxes/424242')
  expect(body).toMatch(/cloudchat_outbox_age_seconds \d/)
})

test('a connection on which nothing was asked does not hold up the end', async () => {
  const ending = await startApi()
  const address = await ending.app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  // The server has seen it when it answers somebody who came later.
  expect((await fetch(`${address}/health/live`)).status).toBe(200)
  await ending.stop()
  await closed
})

test('the last administrator stays, and ClaudIA is no agent to edit', async () => {
  const [, two] = api.accounts
  const gone = await api.call(two, 'DELETE', `/agents/${two.adminId}`)
  expect(gone.body.code).toBe('last_administrator')
})
