import { afterAll, beforeAll, expect, test } from 'vitest'
import { handleConversation } from '../../messaging/handle-conversation.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { furnish, type Things } from './tenant.ts'

let api: ApiUnderTest
let ours: Things
let theirs: Things
beforeAll(async () => {
  api = await startApi()
  ours = await furnish(api, api.accounts[0], 'own')
  await api.db.updateTable('inboxes').set({ held_since: null }).execute()
  theirs = await furnish(api, api.accounts[1], 'other')
})
afterAll(() => api?.stop())

const call = (method: string, path: string, payload?: object, headers = {}) =>
  api.call(api.accounts[0], method, path, { ...(payload ? { payload } : {}), headers })
const one = (attribute: string, operator: string, values: unknown[] = []) => ({
  attribute,
  operator,
  values,
})
const rule = (more: object = {}) => ({
  name: 'VIP',
  event: 'message_created',
  conditions: { all: [one('contact.custom.plan', 'equal_to', ['gold'])] },
  actions: [{ action: 'set_priority', priority: 'high' }],
  ...more,
})

test('a rule is saved as it was written, changed in parts, and removed', async () => {
  const made = await call('POST', '/rules', rule())
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    ...rule(),
    key: null,
    active: true,
    once_per_conversation: false,
  })
  const path = `/rules/${made.body.id}`
  const changed = await call('PATCH', path, { active: false, once_per_conversation: true })
  expect(changed.body).toMatchObject({ ...rule(), active: false, once_per_conversation: true })
  expect((await call('GET', '/rules')).body.data.map(({ id }: { id: number }) => id)).toContain(
    made.body.id,
  )
  expect((await call('DELETE', path)).status).toBe(204)
  expect((await call('GET', path)).status).toBe(404)
})

test('the part of a rule that makes no sense is named, in the reader’s language', async () => {
  const conditions = {
    any: [
      one('status', 'contains', ['op']),
      { all: [one('inbox_id', 'equal_to', [ours.inboxes]), one('colour', 'is_present')] },
    ],
  }
  const refused = await call('POST', '/rules', rule({ conditions }), { 'accept-language': 'pt-BR' })
  expect([refused.status, refused.body.code]).toEqual([422, 'invalid_rule'])
  expect(refused.body.details.fields).toMatchObject([
    {
      field: 'conditions.any.0',
      reason: 'operator_does_not_fit',
      remedy: 'Escolha um operador do atributo.',
    },
    { field: 'conditions.any.1.all.1', reason: 'unknown_condition_attribute' },
  ])
})

test('a rule refers only to what the account has', async () => {
  const conditions = { all: [one('inbox_id', 'equal_to', [ours.inboxes, theirs.inboxes])] }
  const actions = [
    { action: 'assign_team', team_id: theirs.teams },
    { action: 'assign_agent', agent_id: theirs.agents },
    { action: 'send_webhook', webhook_id: theirs.webhooks },
    { action: 'run_workflow', workflow: 'nobodys' },
  ]
  const { status, body } = await call('POST', '/rules', rule({ conditions, actions }))
  expect(status).toBe(422)
  const found = body.details.fields.map((one: { field: string; reason: string }) => [
    one.field,
    one.reason,
  ])
  expect(found).toEqual([
    ['actions.3.workflow', 'workflow_not_found'],
    ['conditions.all.0', 'inbox_not_here'],
    ['actions.0.team_id', 'team_not_here'],
    ['actions.1.agent_id', 'agent_not_here'],
    ['actions.2.webhook_id', 'webhook_not_here'],
  ])
})

test('the default rules can be edited and switched off, but not removed', async () => {
  const { id } = await api.db
    .insertInto('automation_rules')
    .values({
      account_id: api.accounts[0].accountId,
      key: 'assign_to_claudia',
      name: 'Assign to ClaudIA',
      event: 'conversation_created',
      conditions: { all: [one('inbox_id', 'equal_to', [])] },
      actions: [{ action: 'assign_claudia' }],
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  expect((await call('DELETE', `/rules/${id}`)).body.code).toBe('default_rule_protected')
  expect((await call('PATCH', `/rules/${id}`, { active: false })).body.active).toBe(false)
})

test('the vocabulary offers every attribute with its operators, the account’s own among them', async () => {
  const { body } = await call('GET', '/rule_vocabulary')
  const plan = body.attributes.find(({ name }: { name: string }) => name === 'contact.custom.plan')
  expect(plan).toMatchObject({ kind: 'text', needs_message: false })
  expect(plan.operators).toContain('contains')
  const wait = body.actions.find(({ action }: { action: string }) => action === 'wait')
  expect(wait.fields).toContainEqual({ name: 'minutes', kind: 'minutes', required: true })
})

test('a dry run shows why a past message matched and what would have begun, and does nothing', async () => {
  const conditions = {
    any: [one('content', 'contains', ['own']), one('content', 'contains', ['x'])],
  }
  const before = await api.db.selectFrom('rule_runs').select('id').execute()
  const { body, status } = await call('POST', '/rules/dry_run', {
    ...rule({ conditions }),
    conversation_id: ours.conversations,
  })
  expect(status).toBe(200)
  expect(body.data).toMatchObject([
    {
      message_id: ours.messages,
      matched: true,
      silent: null,
      actions: ['set_priority'],
      explanation: { tests: [{ actual: 'own', matched: true }, { matched: false }] },
    },
  ])
  expect(await api.db.selectFrom('rule_runs').select('id').execute()).toEqual(before)
  const conversation = await call('GET', `/conversations/${ours.conversations}`)
  expect(conversation.body.priority).toBeNull()
})

test('what rules did is found by rule, inbox and conversation', async () => {
  const { body: made } = await call(
    'POST',
    '/rules',
    rule({ conditions: { all: [] }, event: 'conversation_updated' }),
  )
  await call('PATCH', `/conversations/${ours.conversations}`, { labels: ['a'] })
  const at = { accountId: api.accounts[0].accountId, conversationId: ours.conversations! }
  await handleConversation(api.db, { ...at, now: new Date() })
  for (const query of [
    `rule_id=${made.id}`,
    `rule_id=${made.id}&inbox_id=${ours.inboxes}`,
    `rule_id=${made.id}&conversation_id=${ours.conversations}`,
  ]) {
    const { body } = await call('GET', `/rule_runs?${query}`)
    expect(body.data, query).toMatchObject([
      { rule_id: made.id, actions: [{ action: 'set_priority', outcome: 'done' }], due_at: null },
    ])
  }
  expect(
    (await call('GET', `/rule_runs?rule_id=${ours.rules}&conversation_id=999999`)).body.data,
  ).toEqual([])
  const elsewhere = await api.keyOf(api.accounts[0], 'agent', [ours.inboxes! + 1])
  const hidden = await call('GET', `/rule_runs?rule_id=${made.id}`, undefined, {
    api_access_token: elsewhere,
  })
  expect(hidden.body.data).toEqual([])
})

test('working time is the account’s, and refuses what closes before it opens', async () => {
  const hours = [{ weekday: 1, from: '09:00', to: '18:00' }]
  expect((await call('PATCH', '', { business_hours: hours })).body.business_hours).toEqual(hours)
  const wrong = [...hours, { weekday: 2, from: '18:00', to: '09:00' }]
  const refused = await call('PATCH', '', { business_hours: wrong })
  expect(refused.body.details.fields).toMatchObject([
    { field: 'business_hours.1', reason: 'closes_before_it_opens' },
  ])
})
