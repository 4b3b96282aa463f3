// Who gets in: keys, roles, lists of inboxes, and never another tenant.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'

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
