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
