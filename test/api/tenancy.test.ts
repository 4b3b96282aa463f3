// No key opens anything of another account: every route, with the ids of real things of every kind.
// A new route fails here until its ids have a thing in tenant.ts and its body a line below.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Deps } from '../../api/context.ts'
import { signedUrl } from '../../api/signed-links.ts'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'
import { furnish, rowsOf, type Things } from './tenant.ts'
import { twilioForm } from './twilio-inbox.ts'

interface Operation {
  method: string
  path: string
  parameters: { name: string; in: string }[]
  body: Record<string, unknown> | undefined
}

/** Meta's own, which are rows of no account. */
const META_IDS = ['page_id', 'phone_number_id', 'waba_id']
const ownIds = (names: string[]) =>
  [...new Set(names)].filter((name) => /_ids?$/.test(name) && !META_IDS.includes(name)).sort()

let api: ApiUnderTest
let theirs: Things
let ours: Things
let operations: Operation[]
let before: Awaited<ReturnType<typeof rowsOf>>

beforeAll(async () => {
  api = await startApi()
  const [them, us] = api.accounts
  theirs = await furnish(api, them, 'planted')
  ours = await furnish(api, us, 'own')
  before = await rowsOf(api, them)
  const { paths } = (await api.app.inject('/openapi.json')).json()
  operations = Object.entries<Record<string, Partial<Operation>>>(paths)
    .filter(([path]) => path.startsWith('/api/v1/accounts/{account_id}'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => ({
        method,
        path,
        parameters,
        body: bodyFor(method, path),
      })),
    )
})
afterAll(() => api?.stop())

test('with another account’s key every route of an account is a 404', async () => {
  for (const operation of operations) {
    const url = addressOf(operation.path, api.accounts[0].accountId, [theirs])
    expect(await ask(operation, url), nameOf(operation)).toBe(refusalOf(operation))
  }
  expect(operations.length).toBeGreaterThan(50)
  await nothingChanged()
})

test('in the own account every id of another account’s thing is a 404', async () => {
  const withIds = operations.filter(({ path }) => idsOf(path).length > 0)
  for (const operation of withIds) {
    const { accountId } = api.accounts[1]
    const count = idsOf(operation.path).length
    // Each id of the path alone is a foreign one once.
    for (let foreign = 0; foreign < count; foreign++) {
      const things = Array.from({ length: count }, (_, at) => (at === foreign ? theirs : ours))
      const url = addressOf(operation.path, accountId, things)
      const name = `${nameOf(operation)}, id ${foreign + 1}`
      expect(await ask(operation, url), name).toBe(refusalOf(operation))
    }
  }
  expect(withIds.length).toBeGreaterThan(35)
  await nothingChanged()
})

test('an id of another account’s thing in a body is a 404, and nothing is done', async () => {
  const { agents, inboxes, teams } = theirs
  const cases: [method: string, path: string, body: Record<string, unknown>][] = [
    ['POST', `/inboxes/${ours.inboxes}/members`, { agent_ids: [ours.agents, agents] }],
    ['PUT', `/inboxes/${ours.inboxes}/members`, { agent_ids: [agents] }],
    ['PATCH', `/conversations/${ours.conversations}`, { assignee_id: agents }],
    ['PATCH', `/conversations/${ours.conversations}`, { team_id: teams }],
    [
      'POST',
      `/conversations/${ours.conversations}/messages`,
      { content: 'x', in_reply_to_id: theirs.messages },
    ],
    ['PUT', `/teams/${ours.teams}/members`, { agent_ids: [ours.agents, agents] }],
    ['POST', '/rules/dry_run', { ...ruleBody(), conversation_id: theirs.conversations }],
    ['POST', '/api_keys', { name: 'x', role: 'agent', user_id: agents }],
    ['POST', '/api_keys', { name: 'x', role: 'agent', inbox_ids: [inboxes] }],
    ['POST', '/inboxes/whatsapp_twilio', { ...twilioForm('+14155550101'), agent_ids: [agents] }],
    [
      'POST',
      '/inboxes/whatsapp_cloud',
      {
        name: 'x',
        phone_number: '+14155550102',
        phone_number_id: '1000001',
        waba_id: '1000002',
        access_token: 'EAA-a-long-enough-token',
        agent_ids: [agents],
      },
    ],
    ['POST', '/inboxes', { ...emailForm('new@own.example'), agent_ids: [agents] }],
    ['POST', '/inboxes/instagram', { name: 'x', page_id: '1', sign_in_id: theirs.sign_ins }],
  ]
  const own = await rowsOf(api, api.accounts[1])
  for (const [method, path, payload] of cases) {
    const { status } = await api.call(api.accounts[1], method, path, { payload })
    expect(status, `${method} ${path} ${JSON.stringify(payload)}`).toBe(404)
  }
  expect(await rowsOf(api, api.accounts[1])).toEqual(own)
  await nothingChanged()
  // Which bodies carry ids is read from the document, so that a new one is not forgotten.
  const inBodies = [...JSON.stringify(await documented()).matchAll(/"([a-z_]+_ids?)":\{/g)]
  const named = inBodies.map(([, name]) => name!)
  const tested = cases.flatMap(([, , body]) => Object.keys(body))
  expect(ownIds(named)).toEqual(ownIds(tested))
})

test('lists hold nothing of another account, also when they are asked for it', async () => {
  const [, us] = api.accounts
  const lists = operations.filter(
    ({ method, path }) => method === 'get' && idsOf(path).length === 0 && !path.endsWith('/events'),
  )
  for (const { path, parameters } of lists) {
    const filters = parameters
      .filter((parameter) => parameter.in === 'query' && parameter.name.endsWith('_id'))
      .map(({ name }) => `${name}=${theirs[kindOfFilter(name) as keyof Things]}`)
    for (const query of ['', ...filters]) {
      const relative = path.replace('/api/v1/accounts/{account_id}', '')
      const { status, body } = await api.call(us, 'GET', `${relative}?${query}`)
      expect(status, `${path}?${query}`).toBe(200)
      expect(JSON.stringify(body), `${path}?${query}`).not.toContain('planted')
      if (query !== '') expect(body.data, `${path}?${query}`).toEqual([])
    }
  }
  expect(lists.length).toBeGreaterThan(7)
})

test('a signed link opens the file of its account only', async () => {
  const [them, us] = api.accounts
  const deps = { config: api.config, clock: () => new Date() } as Deps
  const { pathname, search } = new URL(
    signedUrl(deps, them.accountId, `attachments/${theirs.attachments!}`),
  )
  expect((await api.app.inject(pathname + search)).body).toBe('planted')
  const elsewhere = pathname.replace(`/accounts/${them.accountId}/`, `/accounts/${us.accountId}/`)
  expect((await api.app.inject(elsewhere + search)).statusCode).toBe(403)
  const other = pathname.replace(/\d+$/, String(ours.attachments))
  expect((await api.app.inject(other + search)).statusCode).toBe(403)
})

test('the same requests find the own things: only the account was the reason', async () => {
  const { accountId } = api.accounts[1]
  // What removes things would leave nothing for the next request.
  const kept = operations.filter(
    ({ method, path }) => method !== 'delete' && idsOf(path).length > 0,
  )
  for (const operation of kept) {
    const status = await ask(operation, addressOf(operation.path, accountId, [ours]))
    expect([404, 500], `${nameOf(operation)}: ${status}`).not.toContain(status)
  }
  expect(kept.length).toBeGreaterThan(30)
})

/** The words before the ids of a path: `inboxes`, `members`. */
const idsOf = (path: string) =>
  [...path.matchAll(/\/([a-z_]+)\/\{(?!account_id)[a-z_]+\}/g)].map(([, word]) => word!)

function addressOf(path: string, accountId: number, things: Things[]): string {
  let at = 0
  return path
    .replace('{account_id}', String(accountId))
    .replace(/\/([a-z_]+)\/\{[a-z_]+\}/g, (_, word: string) => {
      const id = things[Math.min(at++, things.length - 1)]![word as keyof Things]
      if (id === undefined) throw new Error(`tenant.ts has no ${word}, which ${path} asks for`)
      return `/${word}/${id}`
    })
}

async function ask({ method, body }: Operation, url: string): Promise<number> {
  const headers = { api_access_token: api.accounts[1].key }
  const options = { method: method.toUpperCase() as 'GET', url, headers }
  return (await api.app.inject(body === undefined ? options : { ...options, payload: body }))
    .statusCode
}

const nameOf = ({ method, path }: Operation) => `${method.toUpperCase()} ${path}`
// A signed link carries its right in itself; without a signature nothing is opened.
const refusalOf = ({ path }: Operation) => (/\/(attachments\/\{id\}|file)$/.test(path) ? 403 : 404)
const kindOfFilter = (name: string) =>
  ({
    inbox_id: 'inboxes',
    contact_id: 'contacts',
    assignee_id: 'agents',
    team_id: 'teams',
    rule_id: 'rules',
    webhook_id: 'webhooks',
    conversation_id: 'conversations',
  })[name] ?? name

async function nothingChanged() {
  expect(await rowsOf(api, api.accounts[0])).toEqual(before)
  expect(api.told.filter((verb) => verb !== 'startInbox')).toEqual([])
}

const ruleBody = () => ({
  name: 'x',
  event: 'message_created',
  conditions: { all: [] },
  actions: [{ action: 'mute' }],
})

async function documented(): Promise<unknown[]> {
  const { paths } = (await api.app.inject('/openapi.json')).json()
  return Object.values<Record<string, { requestBody?: unknown }>>(paths).flatMap((methods) =>
    Object.values(methods).map(({ requestBody }) => requestBody ?? null),
  )
}

/** A body that passes the schema, so that only the account can be the reason of a refusal. */
function bodyFor(method: string, path: string): Record<string, unknown> | undefined {
  if (method === 'get' || method === 'delete') return undefined
  const bodies: [RegExp, Record<string, unknown>][] = [
    [/inboxes\/\{id\}\/sign_up$/, { code: 'x', waba_id: '12345' }],
    [/\/claudia$/, { mode: 'off' }],
    [/\/import$/, { window: { kind: 'all' } }],
    [/\/messages$/, { content: 'planted' }],
    [/\/bots\//, { endpoint: 'https://bot.example.com' }],
    [/\/webhooks$/, { url: 'https://hook.example.com', events: ['inbox.recovered'] }],
    [/\/inboxes\/whatsapp_twilio$/, twilioForm('+14155550100')],
    [/\/sign_ins$/, {}],
    [/\/inboxes\/instagram$/, { name: 'x', page_id: '1', sign_in_id: theirs.sign_ins }],
    [/\/inboxes$|\/preflight$/, emailForm('x@example.com')],
    [/\/widgets$/, { name: 'x' }],
    [/\/test_origin$/, { url: 'https://x.example' }],
    [/\/test_hash$/, { identifier: 'x', identifier_hash: 'x' }],
    [/\/discover$/, { address: 'x@example.com' }],
    [/\/agents$/, { name: 'x', email: 'x@example.com', role: 'agent' }],
    [/\/api_keys$/, { name: 'x', role: 'agent' }],
    [/\/rules$/, ruleBody()],
    [/\/rules\/dry_run$/, { ...ruleBody(), conversation_id: ours.conversations }],
    [/\/teams$/, { name: 'planted' }],
    [
      /\/custom_attribute_definitions$/,
      { target: 'contact', key: 'other', name: 'x', type: 'text' },
    ],
    [/\/members$/, { agent_ids: [ours.agents] }],
  ]
  return (
    bodies.find(([pattern]) => pattern.test(path))?.[1] ?? (method === 'patch' ? {} : undefined)
  )
}
