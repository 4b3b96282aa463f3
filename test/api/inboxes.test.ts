// Connecting and steering an inbox through the API: what is stored, what is refused, what is said.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { patchInbox } from '../../db/inboxes.ts'
import { provedKeyOf } from '../../messaging/create-inbox.ts'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const count = async (table: 'inboxes' | 'connect_drafts' | 'messages') =>
  (await api.db.selectFrom(table).select('account_id').execute()).length

test('connecting answers at once with an inbox in state connecting and links to Temporal', async () => {
  const [one] = api.accounts
  const { status, body } = await api.call(one, 'POST', '/inboxes', {
    payload: emailForm('first@example.com'),
  })
  expect(status).toBe(201)
  expect(body).toMatchObject({ state: 'connecting', attention: 'none', channel: 'email' })
  expect(body.workflow_id).toBe(`inbox/${body.id}`)
  expect(body.temporal_url).toContain(encodeURIComponent(`inbox/${body.id}`))
  expect(api.told).toContain('startInbox')
})

test('with Temporal down an inbox is still accepted, and an update answers 503 with Retry-After', async () => {
  const [one] = api.accounts
  api.temporal.down = true
  try {
    const made = await api.call(one, 'POST', '/inboxes', { payload: emailForm('down@example.com') })
    expect(made.status).toBe(201)
    const paused = await api.call(one, 'POST', `/inboxes/${made.body.id}/pause`)
    expect(paused.status).toBe(503)
    expect(paused.body.code).toBe('temporal_unavailable')
    expect(Number(paused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await api.app.inject('/health/ready')).statusCode).toBe(200)
  } finally {
    api.temporal.down = false
  }
})

test('bad input names the field and the remedy in both languages, and stores nothing', async () => {
  const [one] = api.accounts
  const before = [await count('inboxes'), await count('connect_drafts')]
  const good = emailForm('bad@example.com')
  const cases: [object, string][] = [
    [{ ...good, name: undefined }, 'name'],
    [{ ...good, address: 'no address' }, 'address'],
    [{ ...good, imap: { ...good.imap, port: 70_000 } }, 'imap.port'],
    [{ ...good, imap: { ...good.imap, port: '993' } }, 'imap.port'],
    [{ ...good, imap: { ...good.imap, encryption: 'none' } }, 'imap.encryption'],
    [{ ...good, imap: { ...good.imap, password: undefined } }, 'imap.password'],
    [{ ...good, imap: null, smtp: null }, 'imap'],
    [{ ...good, smtp: { ...good.smtp, authentication: 'ntlm' } }, 'smtp.authentication'],
    [{ ...good, claudia_max_age_seconds: 1 }, 'claudia_max_age_seconds'],
    [{ ...good, import: { kind: 'days', days: 0 } }, 'import.days'],
  ]
  for (const [payload, field] of cases) {
    const remedies = new Set<string>()
    for (const language of ['en', 'pt-BR']) {
      const headers = { 'accept-language': language }
      const { status, body } = await api.call(one, 'POST', '/inboxes', { payload, headers })
      expect([400, 422], field).toContain(status)
      const named = body.details.fields.find((detail: { field: string }) => detail.field === field)
      expect(named, `${field}: ${JSON.stringify(body)}`).toBeDefined()
      expect(named.remedy, field).toMatch(/\S/)
      remedies.add(named.remedy)
      expect(JSON.stringify(body)).not.toContain('planted')
    }
    expect([...remedies], field).toHaveLength(2)
  }
  expect([await count('inboxes'), await count('connect_drafts')]).toEqual(before)
})

test('the same mailbox twice is a 409 that names the inbox to its own account only', async () => {
  const [one, two] = api.accounts
  const made = await api.call(one, 'POST', '/inboxes', { payload: emailForm('twice@example.com') })
  const again = await api.call(one, 'POST', '/inboxes', { payload: emailForm('Twice@example.com') })
  expect(again.status).toBe(409)
  expect(again.body.code).toBe('channel_already_connected')
  expect(again.body.details).toEqual({ inbox_id: made.body.id })
  const form = { payload: emailForm('twice@example.com') }
  await patchInbox(api.db, one.accountId, made.body.id, {
    phase: 'active',
    proved_key: provedKeyOf('email:twice@example.com', 'imap.example.com'),
  })
  const other = await api.call(two, 'POST', '/inboxes', form)
  expect([other.status, other.body.details]).toEqual([409, undefined])
  // Whoever only names it keeps nobody out.
  await patchInbox(api.db, one.accountId, made.body.id, { proved_key: null })
  const free = await api.call(two, 'POST', '/inboxes', form)
  expect(free.status).toBe(201)
  await patchInbox(api.db, two.accountId, free.body.id, { phase: 'disconnected' })
})

test('secrets of a form are in no reply, no log line and no column', async () => {
  const [one] = api.accounts
  const made = await api.call(one, 'POST', '/inboxes', { payload: emailForm('secret@example.com') })
  const read = await api.call(one, 'GET', `/inboxes/${made.body.id}`)
  expect(JSON.stringify([made.body, read.body])).not.toMatch(/planted-(imap|smtp)-secret/)
  expect(api.logged.join()).not.toMatch(/planted-(imap|smtp)-secret|secret@example/)
  const drafts = await api.db.selectFrom('connect_drafts').selectAll().execute()
  for (const { ciphertext } of drafts) expect(ciphertext.toString()).not.toContain('planted')
})

test('a preflight names the stage that fails and keeps no draft', async () => {
  const [one] = api.accounts
  const before = await count('connect_drafts')
  const { status, body } = await api.call(one, 'POST', '/inboxes/preflight', {
    payload: emailForm('try@example.com'),
  })
  expect(status).toBe(200)
  expect(body.ok).toBe(false)
  expect(body.stages[1]).toMatchObject({ stage: 'login', reason: { code: 'wrong_password' } })
  expect(body.stages[1].likely_causes[0].remedy).toMatch(/app password/)
  expect(await count('connect_drafts')).toBe(before)
})

test('an address gets its servers with advice in the reader’s language, and keeps no draft', async () => {
  const [one] = api.accounts
  const before = await count('connect_drafts')
  const { status, body } = await api.call(one, 'POST', '/inboxes/discover', {
    payload: { address: ' ana@Gmail.com ' },
    headers: { 'accept-language': 'pt-BR' },
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({ sign_in: 'google', incomplete: false })
  expect(body.candidates).toMatchObject([
    {
      source: 'preset',
      provider: 'Gmail',
      imap: { host: 'imap.gmail.com', port: 993, encryption: 'tls', login: 'ana@gmail.com' },
      smtp: { host: 'smtp.gmail.com', port: 587, encryption: 'starttls', login: 'ana@gmail.com' },
    },
  ])
  const advice: { code: string; remedy: string }[] = body.candidates[0].advice
  expect(advice.map(({ code }) => code)).toEqual(['sign_in_with_google', 'app_password_wanted'])
  expect(advice[0]!.remedy).toMatch(/entrando com o Google/)
  expect(await count('connect_drafts')).toBe(before)
  const bad = await api.call(one, 'POST', '/inboxes/discover', { payload: { address: 'nobody' } })
  expect(bad.status).toBe(422)
  expect(bad.body.details.fields[0]).toMatchObject({ field: 'address' })
})

test('a server may not move to another host on the stored password', async () => {
  const [one] = api.accounts
  const { body } = await api.call(one, 'POST', '/inboxes', {
    payload: emailForm('move@example.com'),
  })
  const moved = await api.call(one, 'POST', `/inboxes/${body.id}/reconnect`, {
    payload: { imap: { host: 'evil.example.net' } },
  })
  expect(moved.status).toBe(422)
  expect(moved.body.details.fields[0].field).toBe('imap.password')
})

test('ClaudIA is switched off by a person, on record', async () => {
  const [one] = api.accounts
  const { body } = await api.call(one, 'POST', '/inboxes', {
    payload: emailForm('mode@example.com'),
  })
  const off = await api.call(one, 'PUT', `/inboxes/${body.id}/claudia`, {
    payload: { mode: 'off' },
  })
  expect(off.body.claudia.mode).toBe('off')
  const { body: page } = await api.call(one, 'GET', `/inboxes/${body.id}/timeline`)
  expect(page.data[0]).toMatchObject({ kind: 'claudia_switched_off', actor_user_id: one.adminId })
})

test('lists go on where the cursor ended, and refuse a made-up cursor', async () => {
  const [, two] = api.accounts
  const before = (await api.call(two, 'GET', '/inboxes')).body.data
  const ids: number[] = before.map(({ id }: { id: number }) => id)
  for (const name of ['p1', 'p2', 'p3']) {
    const made = await api.call(two, 'POST', '/inboxes', {
      payload: emailForm(`${name}@example.com`),
    })
    ids.push(made.body.id)
  }
  const limit = ids.length - 1
  const first = await api.call(two, 'GET', `/inboxes?limit=${limit}`)
  const second = await api.call(
    two,
    'GET',
    `/inboxes?limit=${limit}&cursor=${first.body.next_cursor}`,
  )
  const seen = [...first.body.data, ...second.body.data].map(({ id }: { id: number }) => id)
  expect(seen).toEqual(ids)
  expect(second.body.next_cursor).toBeNull()
  expect((await api.call(two, 'GET', '/inboxes?cursor=abc')).body.code).toBe('invalid_cursor')
})
