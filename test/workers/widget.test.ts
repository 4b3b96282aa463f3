// A widget's inbox lives like the others: onboarding, rules, ClaudIA, people, an end.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { saveBot } from '../../db/integrations.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { widgetCalls } from '../api/widget-calls.ts'
import { textOf } from '../replay/record-histories.ts'
import { waitFor } from '../support/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let api: ApiOfPlatform
let claudia: WebhookReceiver
let inboxId: number
let websiteToken: string

beforeAll(async () => {
  ;[platform, claudia] = await Promise.all([startPlatform(), startWebhookReceiver()])
  api = await apiOf(platform)
  const { accountId, claudiaId, vault, db } = platform
  const secret = vault.seal({ accountId, row: `bots/${claudiaId}` }, 'whsec_c2VjcmV0')
  await saveBot(db, accountId, claudiaId, claudia.url, secret)
})
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  await claudia?.stop()
})

const { call, startSession } = widgetCalls(async (options) => {
  const reply = await api.app.inject(options)
  return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
})

test('a widget connects and is active at once: it has no history and nothing to hold', async () => {
  const { status, body } = await api.post('/widgets', { name: 'Site' })
  expect(status).toBe(201)
  inboxId = body.id
  websiteToken = body.settings.website_token
  await waitFor(async () => (await api.get(`/inboxes/${inboxId}`)).body.state === 'active', {
    what: 'the widget to be active',
  })
  const { body: inbox } = await api.get(`/inboxes/${inboxId}`)
  expect(inbox).toMatchObject({ import: null, attention: 'none', claudia: { mode: 'on' } })
})

test('a visitor’s question reaches ClaudIA by the default rules, once', async () => {
  const { body: session } = await startSession(websiteToken, 'https://shop.example')
  const message = { id: crypto.randomUUID(), content: 'Vocês abrem sábado?' }
  const begun = await call(session.token, 'POST', '/conversations', { message })
  expect(begun.status).toBe(201)
  const delivery = await waitFor(() => claudia.posted[0], { what: 'the delivery to ClaudIA' })
  expect(delivery.text).toContain('Vocês abrem sábado?')
  const { id } = begun.body.conversation
  const { body } = await api.get(`/conversations/${id}`)
  expect(body.assignee_id).toBe(platform.claudiaId)
  await call(session.token, 'POST', '/conversations', { message })
  const again = { id: crypto.randomUUID(), content: 'E domingo?' }
  await call(session.token, 'POST', `/conversations/${id}/messages`, again)
  await waitFor(() => claudia.posted.length === 2, { what: 'the second question' })
  expect(claudia.posted[1]!.text).toContain('E domingo?')
})

test('disconnecting ends the sessions of its visitors and its workflow', async () => {
  const { body: session } = await startSession(websiteToken, 'https://shop.example')
  expect((await api.remove(`/inboxes/${inboxId}`)).status).toBe(200)
  expect((await call(session.token, 'GET', '/conversations')).status).toBe(401)
  expect((await startSession(websiteToken, 'https://shop.example')).status).toBe(404)
  const workflow = platform.client.workflow.getHandle(workflowIds.inbox(inboxId))
  await workflow.result()
})

test('no history holds what visitors write, nor the website token', async () => {
  for await (const { workflowId, runId } of platform.client.workflow.list()) {
    const text = textOf(await platform.client.workflow.getHandle(workflowId, runId).fetchHistory())
    expect(text).not.toMatch(/sábado|domingo/)
    expect(text).not.toContain(websiteToken)
  }
})
