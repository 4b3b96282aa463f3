// What a bot may say through the API, whatever it was asked before.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { furnish, type Things } from './tenant.ts'

let api: ApiUnderTest
let ours: Things
let botKey: string
beforeAll(async () => {
  api = await startApi()
  ours = await furnish(api, api.accounts[0], 'own')
  botKey = await api.keyOf(api.accounts[0], 'bot')
})
afterAll(() => api?.stop())

const says = (payload: object) =>
  api.call(api.accounts[0], 'POST', `/conversations/${ours.conversations}/messages`, {
    payload,
    headers: { api_access_token: botKey },
  })
const change = (table: 'inboxes' | 'conversations', set: Record<string, unknown>) =>
  api.db.updateTable(table).set(set).execute()

test('a bot answers while it may, and leaves notes whenever it likes', async () => {
  expect((await says({ content: 'In a held inbox' })).body.code).toBe('claudia_silent')
  await change('inboxes', { held_since: null })
  expect((await says({ content: 'Hello' })).status).toBe(202)
  await change('inboxes', { claudia: 'off' })
  expect((await says({ content: 'Switched off' })).body.code).toBe('claudia_silent')
  await change('inboxes', { claudia: 'on' })
  await change('conversations', { assignee_id: ours.agents })
  expect((await says({ content: 'Over a person' })).body.code).toBe('conversation_taken')
  expect((await says({ content: 'For a person', private: true })).status).toBe(201)
  await change('conversations', { assignee_id: ours.bots })
  expect((await says({ content: 'Her own' })).status).toBe(202)
})

test('a bot hands over and resolves by its own key, and leaves alone what a person has', async () => {
  const moves = async (payload: object) => {
    const reply = await api.call(api.accounts[0], 'PATCH', `/conversations/${ours.conversations}`, {
      payload,
      headers: { api_access_token: botKey },
    })
    return reply.status === 200 ? reply.body : reply.body.code
  }
  await change('conversations', { assignee_id: ours.bots, status: 'pending' })
  expect(await moves({ status: 'open', assignee_id: null })).toMatchObject({
    status: 'open',
    assignee_id: null,
  })
  expect(await moves({ status: 'resolved' })).toMatchObject({ status: 'resolved' })
  await change('conversations', { assignee_id: ours.agents, status: 'open' })
  expect(await moves({ status: 'resolved' })).toBe('conversation_taken')
  expect(await moves({ assignee_id: null })).toBe('conversation_taken')
  expect(await moves({ labels: ['asked-twice'] })).toMatchObject({ assignee_id: ours.agents })
})
