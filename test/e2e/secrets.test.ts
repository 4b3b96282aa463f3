// Secrets planted wherever a person can enter one, in an inbox whose servers repeat them in every
// refusal; then everything that anybody can read is searched for them.
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answeringProxy, type Scripted } from '../protocols/imap/scripted-imap.ts'
import { textOf } from '../replay/record-histories.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { startWorld, type World } from './world.ts'

const planted = (what: string) => `planted-${what}-${randomBytes(9).toString('base64url')}`
const secrets: Record<string, string> = {
  imap: planted('imap'),
  smtp: planted('smtp'),
  wrong: planted('wrong'),
  bot: planted('bot'),
}
const address = 'support@shop.test'

let world: World
let mailbox: Mailbox
let proxy: Scripted
let receiver: WebhookReceiver
let api: string
/** Whether the IMAP server refuses every login, repeating what was sent and more. */
let refusing = false
/** Every reply but those that show the secret they have just made. */
const replies: string[] = []

beforeAll(async () => {
  ;[world, mailbox, receiver] = await Promise.all([
    startWorld({ env: { LOG_LEVEL: 'debug' } }),
    startMailbox({
      address,
      password: secrets.imap!,
      smtp: { users: { [address]: secrets.smtp! } },
    }),
    startWebhookReceiver(),
  ])
  proxy = await answeringProxy(mailbox.imap.port, (line) =>
    refusing && / (?:LOGIN|AUTHENTICATE) /i.test(line)
      ? `NO [AUTHENTICATIONFAILED] I do not take ${line}`
      : undefined,
  )
  await world.startWorker()
  api = await world.startApi()
  secrets.administrator = world.adminKey
  await liveThrough().catch((error: Error) => {
    throw new Error([error.message, ...replies.slice(-2), ...world.logged.slice(-5)].join('\n'))
  })
}, 180_000)
afterAll(async () => {
  await world?.stop()
  proxy?.close()
  await Promise.all([mailbox?.stop(), receiver?.stop()])
})

/** Everything that a person may do with a secret, right and wrong. */
async function liveThrough(): Promise<void> {
  const bot = { endpoint: receiver.url, secret: secrets.bot }
  await call('PUT', `/bots/${world.claudiaId}`, bot)
  const events = ['inbox.reauthorization_required', 'inbox.recovered']
  const webhook = await shows('POST', '/webhooks', { url: receiver.url, events })
  secrets.webhook = webhook.secret
  const key = await shows('POST', '/api_keys', { name: 'Till', role: 'agent' })
  secrets.agent = key.key

  refusing = true
  expect(await call('POST', '/inboxes/preflight', form())).toMatchObject({ ok: false })
  refusing = false
  mailbox.smtp.fail({
    at: 'auth',
    reply: `535 5.7.8 I do not take ${secrets.smtp} as in ${authPlain()}`,
  })
  expect(await call('POST', '/inboxes/preflight', form())).toMatchObject({ ok: false })
  mailbox.smtp.mend()
  const { id } = await call('POST', '/inboxes', { name: 'Support', ...form() })
  const state = async (wanted: string) => {
    await waitFor(async () => (await call('GET', `/inboxes/${id}`)).state === wanted, {
      what: `state ${wanted}`,
    })
  }
  await state('active')

  receiver.answer(500)
  mailbox.deliver(
    `From: Ana <ana@live.test>\r\nSubject: Hello\r\nDate: ${new Date().toUTCString()}\r\n\r\nHello`,
  )
  const conversation = await waitFor(
    async () => (await call('GET', '/conversations')).data[0] as { id: number },
    { what: 'the conversation' },
  )
  await waitFor(() => receiver.posted.length >= 2, { what: 'the bot, also after its failure' })
  mailbox.smtp.fail(
    { at: 'auth', reply: `535 5.7.8 I do not take ${secrets.smtp} as in ${authPlain()}` },
    { times: 2 },
  )
  await call('POST', `/conversations/${conversation.id}/messages`, { content: 'An answer' })
  await waitFor(async () => (await row(id)).send_status === 'reauthorization_required', {
    what: 'a refused password for sending',
  })

  refusing = true
  await mailbox.imap.kick(address)
  await state('reauthorization_required')
  await call('POST', `/inboxes/${id}/reconnect`)
  await call('POST', `/inboxes/${id}/reconnect`, form({ imap: secrets.wrong! }))
  await call('PATCH', `/inboxes/${id}`, form({ imap: secrets.wrong!, smtp: secrets.wrong! }))
  refusing = false
  mailbox.smtp.mend()
  await call('POST', `/inboxes/${id}/reconnect`, form())
  await state('active')
  await mailbox.smtp.waitFor(1)

  // What is wrong with a request is said without repeating it.
  await call('POST', '/inboxes', { name: 'x', ...form(), port: secrets.imap })
  await call('POST', '/inboxes', { ...form(), imap: { host: 1, password: secrets.imap } })
  await call('POST', '/inboxes', `{"password": "${secrets.imap}"`)
  await call('PUT', `/bots/${world.claudiaId}`, { endpoint: secrets.bot, secret: secrets.bot })
  await call('GET', '/inboxes/999999')
  for (const path of await readable()) await call('GET', path)
}

/** What the client has sent to SMTP, as a talkative server may repeat it. */
const authPlain = () => Buffer.from(`\0${address}\0${secrets.smtp}`).toString('base64')

interface Passwords {
  imap?: string
  smtp?: string
}
function form({ imap = secrets.imap!, smtp = secrets.smtp! }: Passwords = {}) {
  const server = { host: '127.0.0.1', encryption: 'none', login: address }
  return {
    address,
    imap: { ...server, port: proxy.port, password: imap },
    smtp: { ...server, port: mailbox.smtp.port, password: smtp },
  }
}

async function send(method: string, path: string, body?: unknown) {
  const response = await fetch(`${api}/api/v1/accounts/${world.accountId}${path}`, {
    method,
    headers: {
      api_access_token: world.adminKey,
      'accept-language': replies.length % 2 === 0 ? 'pt-BR' : 'en',
      'idempotency-key': randomBytes(9).toString('hex'),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

async function call(method: string, path: string, body?: unknown) {
  const { status, text } = await send(method, path, body)
  replies.push(`${method} ${path} ${status}\n${text}`)
  return text.startsWith('{') ? JSON.parse(text) : {}
}

const shows = async (method: string, path: string, body: unknown) =>
  JSON.parse((await send(method, path, body)).text)

const row = (id: number) =>
  world.db.selectFrom('inboxes').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** Every GET route of the account but the stream of events, with ids that exist. */
async function readable(): Promise<string[]> {
  const { paths } = (await (await fetch(`${api}/openapi.json`)).json()) as { paths: object }
  const prefix = '/api/v1/accounts/{account_id}'
  const routes = Object.entries(paths)
    .filter(([path, methods]) => path.startsWith(prefix) && 'get' in methods)
    .map(([path]) => path.slice(prefix.length))
    .filter((path) => path !== '/events')
  const found = await Promise.all(
    routes.map(async (path) => {
      if (!path.includes('{id}')) return [path]
      const things = path.split('/')[1]!
      const table = TABLES[things] ?? things
      const { rows } = await sql<{ id: number }>`select id from ${sql.table(table)}`.execute(
        world.db,
      )
      return rows.map(({ id }) => path.replace('{id}', String(id)))
    }),
  )
  return found.flat()
}

/** Of things that the API calls by another name. */
const TABLES: Record<string, string> = {
  agents: 'users',
  deliveries: 'inbound_deliveries',
  rules: 'automation_rules',
  widgets: 'inboxes',
}

/** As they are, and as IMAP and SMTP encode them. */
function found(text: string): string[] {
  const forms = Object.entries(secrets).flatMap(([name, secret]) => {
    const plain = Buffer.from(`\0${address}\0${secret}`).toString('base64')
    return [secret, Buffer.from(secret).toString('base64'), plain].map((form) => [name, form])
  })
  return forms.flatMap(([name, form]) => {
    const at = text.indexOf(form!)
    return at < 0 ? [] : [`${name}: ${text.slice(Math.max(at - 200, 0), at + 60)}`]
  })
}

test('no history of any workflow holds a secret', async () => {
  const types = new Set<string>()
  for await (const {
    workflowId,
    runId,
    type,
    memo,
    searchAttributes,
  } of world.client.workflow.list()) {
    types.add(type)
    const history = await world.client.workflow.getHandle(workflowId, runId).fetchHistory()
    const readable = textOf(history) + JSON.stringify([workflowId, memo, searchAttributes])
    expect(found(readable), workflowId).toEqual([])
  }
  expect([...types]).toEqual(
    expect.arrayContaining([
      'inbox',
      'connectInbox',
      'sync',
      'sendMessages',
      'conversation',
      'preflight',
      'sendNotices',
    ]),
  )
})

test('no line that worker or API log, at their most talkative, holds a secret', () => {
  expect(world.logged.some((line) => line.includes('The API listens'))).toBe(true)
  expect(world.logged.length).toBeGreaterThan(50)
  expect(found(world.logged.join('\n'))).toEqual([])
})

test('no reply of the API holds a secret, be it what was asked for or an error', () => {
  expect(
    replies.filter((reply) => / (?:4\d\d)\n/.test(reply.slice(0, 200))).length,
  ).toBeGreaterThan(5)
  expect(replies.join('\n')).toContain('evidence')
  expect(found(replies.join('\n'))).toEqual([])
})

test('no row of any table holds a secret in clear text', async () => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(world.db)
  for (const { name } of rows) {
    const { rows: lines } = await sql<{ line: string }>`
      select row_to_json(t)::text as line from ${sql.table(name)} t`.execute(world.db)
    expect(found(lines.map(({ line }) => line).join('\n')), name).toEqual([])
  }
  expect(rows.length).toBeGreaterThan(20)
  expect((await row(1)).receive_evidence ?? '').not.toBe(null)
})

test('no webhook or event to the bot carries a secret', () => {
  expect(receiver.posted.length).toBeGreaterThan(2)
  expect(found(JSON.stringify(receiver.posted))).toEqual([])
})
