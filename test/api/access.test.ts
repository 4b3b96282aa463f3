// Who gets in: keys, roles, lists of inboxes, and never another tenant.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { patchInbox } from '../../db/inboxes.ts'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'
import { connectTwilio } from './twilio-inbox.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

test('without a key, with an unknown or a revoked one the answer is 401', async () => {
  const [one] = api.accounts
  const { call } = api
  expect((await call(one, 'GET', '/inboxes', { headers: { api_access_token: '' } })).status).toBe(
    401,
  )
  expect(
    (await call(one, 'GET', '/inboxes', { headers: { api_access_token: 'x' } })).body.code,
  ).toBe('unauthenticated')
  const made = await call(one, 'POST', '/api_keys', { payload: { name: 'n', role: 'agent' } })
  expect(made.status).toBe(201)
  const headers = { api_access_token: '', authorization: `Bearer ${made.body.key}` }
  expect((await call(one, 'GET', '/inboxes', { headers })).status).toBe(200)
  expect((await call(one, 'DELETE', `/api_keys/${made.body.id}`)).status).toBe(204)
  expect((await call(one, 'GET', '/inboxes', { headers })).status).toBe(401)
})

test('the key itself is shown once and never listed', async () => {
  const [one] = api.accounts
  const made = await api.call(one, 'POST', '/api_keys', { payload: { name: 'n', role: 'agent' } })
  const { body } = await api.call(one, 'GET', '/api_keys')
  expect(JSON.stringify(body)).not.toContain(made.body.key)
  expect(body.data.map(({ id }: { id: number }) => id)).toContain(made.body.id)
})

test('an agent may read and answer but not connect, a bot may not read timelines', async () => {
  const [one] = api.accounts
  const agent = { api_access_token: await api.keyOf(one, 'agent') }
  const bot = { api_access_token: await api.keyOf(one, 'bot') }
  expect((await api.call(one, 'GET', '/inboxes', { headers: agent })).status).toBe(200)
  const refused = await api.call(one, 'POST', '/inboxes', {
    headers: agent,
    payload: emailForm('agent@example.com'),
  })
  expect(refused.status).toBe(403)
  expect(refused.body.code).toBe('forbidden')
  expect((await api.call(one, 'GET', '/notifications', { headers: bot })).status).toBe(403)
  expect((await api.call(one, 'GET', '/conversations', { headers: bot })).status).toBe(200)
})

test('a key with a list of inboxes does not see the others', async () => {
  const [one] = api.accounts
  const a = await api.call(one, 'POST', '/inboxes', { payload: emailForm('a@example.com') })
  const b = await api.call(one, 'POST', '/inboxes', { payload: emailForm('b@example.com') })
  expect([a.status, b.status]).toEqual([201, 201])
  const headers = { api_access_token: await api.keyOf(one, 'administrator', [a.body.id]) }
  const { body } = await api.call(one, 'GET', '/inboxes', { headers })
  expect(body.data.map(({ id }: { id: number }) => id)).toEqual([a.body.id])
  expect((await api.call(one, 'GET', `/inboxes/${b.body.id}`, { headers })).status).toBe(404)
  expect((await api.call(one, 'POST', `/inboxes/${b.body.id}/pause`, { headers })).status).toBe(404)
})

test('a key gives no more than its user may at the moment', async () => {
  const [one] = api.accounts
  const post = async (path: string, payload: object) =>
    (await api.call(one, 'POST', path, { payload })).body
  const inboxes = [
    await post('/inboxes', emailForm('works@example.com')),
    await post('/inboxes', emailForm('listed@example.com')),
    await post('/inboxes', emailForm('neither@example.com')),
  ].map(({ id }) => id as number)
  const [works, listed] = inboxes
  const person = { name: 'Bo', email: 'bo@example.com', role: 'administrator' }
  const { id } = await post('/agents', person)
  const keys = [
    await post('/api_keys', { name: 'all', role: 'administrator', user_id: id }),
    await post('/api_keys', {
      name: 'some',
      role: 'agent',
      user_id: id,
      inbox_ids: [works, listed],
    }),
  ]
  await post(`/inboxes/${works}/members`, { agent_ids: [id] })
  const opened = () =>
    Promise.all(
      keys.map(async ({ key }) => {
        const headers = { api_access_token: key }
        const { body } = await api.call(one, 'GET', '/inboxes?limit=100', { headers })
        const ids: number[] = body.data.map((inbox: { id: number }) => inbox.id)
        const asAdministrator =
          (await api.call(one, 'GET', '/api_keys', { headers })).status === 200
        return [asAdministrator, inboxes.filter((inbox) => ids.includes(inbox))]
      }),
    )
  const before = [
    [true, inboxes],
    [false, [works, listed]],
  ]
  expect(await opened()).toEqual(before)
  await api.call(one, 'PATCH', `/agents/${id}`, { payload: { role: 'agent' } })
  expect(await opened()).toEqual([
    [false, [works]],
    [false, [works]],
  ])
  await api.call(one, 'PATCH', `/agents/${id}`, { payload: { role: 'administrator' } })
  expect(await opened()).toEqual(before)
})

/** What is of an inbox that a key opens or not, of its user alone, or adds an inbox. */
const NOT_OF_THE_ACCOUNT =
  /^\/(inboxes|widgets|conversations|messages|deliveries|quarantine|notifications|uploads|contacts\/{id}$|rules\/dry_run$)/

test('what is of the whole account is closed to an administrator’s key for some inboxes', async () => {
  const [one] = api.accounts
  const payload = emailForm('limited@example.com')
  const { body: inbox } = await api.call(one, 'POST', '/inboxes', { payload })
  const limited = { api_access_token: await api.keyOf(one, 'administrator', [inbox.id]) }
  const prefix = '/api/v1/accounts/{account_id}'
  const { paths } = (await api.app.inject('/openapi.json')).json()
  const writes = Object.entries<object>(paths)
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, methods]) => [path.slice(prefix.length), Object.keys(methods)] as const)
    .filter(([path]) => !NOT_OF_THE_ACCOUNT.test(path))
    .flatMap(([path, methods]) => methods.map((method) => [method.toUpperCase(), path] as const))
    .filter(([method]) => method !== 'GET')
  const reads = ['/api_keys', '/webhooks', '/webhooks/{id}', '/webhook_deliveries', '/bots']
  const requests = [...writes, ...reads.map((path) => ['GET', path] as const)]
  for (const [method, path] of requests) {
    const url = path.replace('{id}', '999999')
    const { status } = await api.call(one, method, url, { headers: limited })
    expect(status, `${method} ${path}`).toBe(403)
    expect((await api.call(one, method, url)).status, `${method} ${path}`).not.toBe(403)
  }
  expect(writes.length).toBeGreaterThan(20)
})

test('notifications about other inboxes are not shown to a key for some', async () => {
  const [one] = api.accounts
  const make = (address: string) =>
    api.call(one, 'POST', '/inboxes', { payload: emailForm(address) })
  const [own, other] = [await make('own@example.com'), await make('other@example.com')]
  await api.db
    .insertInto('notifications')
    .values(
      [own, other].map(({ body }) => ({
        account_id: one.accountId,
        user_id: one.adminId,
        inbox_id: body.id,
        kind: 'message_created',
      })),
    )
    .execute()
  const about = async (headers = {}) => {
    const { body } = await api.call(one, 'GET', '/notifications?limit=2', { headers })
    return body.data.map(({ inbox_id }: { inbox_id: number }) => inbox_id)
  }
  const limited = { api_access_token: await api.keyOf(one, 'administrator', [own.body.id]) }
  expect(await about()).toEqual([other.body.id, own.body.id])
  expect(await about(limited)).toEqual([own.body.id])
})

test('the webhook address of before us is shown without what may be a secret in it', async () => {
  const [one] = api.accounts
  const { inboxId } = await connectTwilio(api, one)
  const callback_url = 'https://user:planted@desk.example/hook?token=planted#rc=3'
  const previous = { callback_url, callback_method: 'POST', fallback_url: '' }
  const callback = { state: 'set', sender_sid: 'XE1', previous }
  await patchInbox(api.db, one.accountId, inboxId, { settings: { callback } })
  const { body } = await api.call(one, 'GET', `/inboxes/${inboxId}`)
  expect(body.settings.callback).toMatchObject({
    state: 'set',
    previous: { callback_url: 'https://desk.example/hook' },
  })
  expect(JSON.stringify(body)).not.toContain('planted')
})
