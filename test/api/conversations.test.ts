// Conversations and messages through the API, the events that tell of them, and their files.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'

let api: ApiUnderTest
let inboxId: number
let conversationId: number
beforeAll(async () => {
  api = await startApi()
  const [one] = api.accounts
  const made = await api.call(one, 'POST', '/inboxes', { payload: emailForm('talk@example.com') })
  inboxId = made.body.id
})
afterAll(() => api.stop())
beforeEach(async () => {
  conversationId = await conversation()
})

let displayId = 0
async function conversation(): Promise<number> {
  const account_id = api.accounts[0].accountId
  const now = new Date()
  const contact = await api.db
    .insertInto('contacts')
    .values({ account_id, name: 'Bia', email: 'bia@example.com' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const row = await api.db
    .insertInto('conversations')
    .values({
      account_id,
      display_id: ++displayId,
      inbox_id: inboxId,
      contact_id: contact.id,
      first_message_at: now,
      last_message_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

test('an answer is queued in order, a private note never leaves', async () => {
  const [one] = api.accounts
  const path = `/conversations/${conversationId}/messages`
  const sent = await api.call(one, 'POST', path, { payload: { content: 'Olá' } })
  expect(sent.status).toBe(202)
  expect(sent.body).toMatchObject({ status: 'queued', direction: 'outgoing', content: 'Olá' })
  const note = await api.call(one, 'POST', path, { payload: { content: 'psst', private: true } })
  expect(note.status).toBe(201)
  expect(note.body.private).toBe(true)
  const queued = await api.db
    .selectFrom('outbox')
    .select('message_id')
    .where('topic', '=', 'send')
    .where('conversation_id', '=', conversationId)
    .execute()
  expect(queued).toEqual([{ message_id: sent.body.id }])
})

test('an answer is accepted while Temporal is down, and an empty one is refused', async () => {
  const [one] = api.accounts
  const path = `/conversations/${conversationId}/messages`
  api.temporal.down = true
  const sent = await api.call(one, 'POST', path, { payload: { content: 'later' } })
  api.temporal.down = false
  expect(sent.status).toBe(202)
  const empty = await api.call(one, 'POST', path, { payload: { content: '  ' } })
  expect(empty.body.details.fields[0].field).toBe('content')
})

test('pages of messages miss none, although several have the same millisecond', async () => {
  const [one] = api.accounts
  const path = `/conversations/${conversationId}/messages`
  for (let n = 0; n < 5; n++) {
    await api.call(one, 'POST', path, { payload: { content: `m${n}` } })
  }
  await api.db
    .updateTable('messages')
    .set({ sent_at: '2026-01-01T00:00:00.123456Z' })
    .where('conversation_id', '=', conversationId)
    .execute()
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const { body } = await api.call(one, 'GET', `${path}?limit=2${cursor}`)
    seen.push(...body.data.map(({ content }: { content: string }) => content))
    if (body.next_cursor === null) break
    cursor = `&cursor=${body.next_cursor}`
  }
  expect(seen).toEqual(['m4', 'm3', 'm2', 'm1', 'm0'])
})

test('only what failed or may not have gone out is sent again', async () => {
  const [one] = api.accounts
  const path = `/conversations/${conversationId}/messages`
  const { body } = await api.call(one, 'POST', path, { payload: { content: 'x' } })
  const early = await api.call(one, 'POST', `/messages/${body.id}/resend`)
  expect(early.body.code).toBe('message_not_resendable')
  await api.db
    .updateTable('messages')
    .set({ status: 'failed', error_code: 'recipient_refused' })
    .where('id', '=', body.id)
    .execute()
  const failed = await api.call(one, 'GET', path)
  expect(failed.body.data[0].error).toMatchObject({ code: 'recipient_refused' })
  expect((await api.call(one, 'POST', `/messages/${body.id}/resend`)).body.status).toBe('queued')
})

test('a conversation is assigned to people of the inbox only, and its events wait for the rules', async () => {
  const [one] = api.accounts
  const path = `/conversations/${conversationId}`
  const patch = (payload: object) => api.call(one, 'PATCH', path, { payload })
  const agent = await api.call(one, 'POST', '/agents', {
    payload: { name: 'Cy', email: `cy${conversationId}@example.com`, role: 'agent' },
  })
  expect((await patch({ assignee_id: agent.body.id })).body.code).toBe('assignee_not_a_member')
  const members = `/inboxes/${inboxId}/members`
  await api.call(one, 'POST', members, { payload: { agent_ids: [agent.body.id] } })
  const changed = await patch({ assignee_id: agent.body.id, status: 'resolved', labels: ['vip'] })
  expect(changed.body).toMatchObject({ status: 'resolved', labels: ['vip'] })
  const events = await api.db
    .selectFrom('outbox')
    .select(['event', 'seq'])
    .where('conversation_id', '=', conversationId)
    .orderBy('seq')
    .execute()
  expect(events).toEqual([
    { event: 'conversation_updated', seq: 1 },
    { event: 'conversation_resolved', seq: 2 },
  ])
  expect((await api.call(one, 'DELETE', `${members}/${agent.body.id}`)).status).toBe(204)
  const removed = await api.db
    .selectFrom('inbox_members')
    .select('removed_by_person')
    .where('user_id', '=', agent.body.id)
    .executeTakeFirstOrThrow()
  expect(removed.removed_by_person).toBe(true)
})

test('a conversation is snoozed until a time to come, and only while it is snoozed', async () => {
  const [one] = api.accounts
  const patch = (payload: object) =>
    api.call(one, 'PATCH', `/conversations/${conversationId}`, { payload })
  const past = await patch({ status: 'snoozed', snoozed_until: '2020-01-01T00:00:00.000Z' })
  expect(past).toMatchObject({
    status: 400,
    body: { details: { fields: [{ field: 'snoozed_until', reason: 'in_the_past' }] } },
  })
  const snoozed_until = '2100-01-01T00:00:00.000Z'
  const snoozed = await patch({ status: 'snoozed', snoozed_until })
  expect(snoozed.body).toMatchObject({ status: 'snoozed', snoozed_until })
  expect((await patch({ labels: ['later'] })).body).toMatchObject({ snoozed_until })
  expect((await patch({ status: 'open' })).body).toMatchObject({ snoozed_until: null })
  expect((await patch({ snoozed_until })).body).toMatchObject({
    status: 'open',
    snoozed_until: null,
  })
})

test('lists filter by status and inbox', async () => {
  const [one] = api.accounts
  const list = async (query: string) => (await api.call(one, 'GET', `/conversations?${query}`)).body
  const open = await list(`status=open&inbox_id=${inboxId}`)
  expect(open.data.map(({ id }: { id: number }) => id)).toContain(conversationId)
  expect((await list('inbox_id=99999')).data).toEqual([])
})

test('the event stream goes on after Last-Event-ID and ends with a hint when the API stops', async () => {
  const stopping = await startApi()
  const [one] = stopping.accounts
  const address = await stopping.app.listen({ port: 0, host: '127.0.0.1' })
  await stopping.call(one, 'POST', '/inboxes', { payload: emailForm('events@example.com') })
  const reply = await fetch(`${address}/api/v1/accounts/${one.accountId}/events`, {
    headers: { api_access_token: one.key, 'last-event-id': '0-0' },
  })
  expect(reply.headers.get('content-type')).toBe('text/event-stream')
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('inbox.created')) text += (await reader.read()).value ?? ''
  expect(text).toMatch(/id: \d+-\d+\nevent: inbox\.created\ndata: \{/)
  const stopped = stopping.stop()
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
  expect(text).toMatch(/retry: 2000\n\n$/)
  await stopped
})

/** A message with one stored file; the file's signed link, without the host. */
async function linkToFile(content: Buffer, file: { file_name: string; detected_type?: string }) {
  const [one] = api.accounts
  const path = `/conversations/${conversationId}/messages`
  const { body } = await api.call(one, 'POST', path, { payload: { content: 'x' } })
  const storage_key = `${one.accountId}/aa/${body.id}`
  await api.storage.put(storage_key, content)
  await api.db
    .insertInto('attachments')
    .values({
      account_id: one.accountId,
      message_id: body.id,
      position: 0,
      content_type: 'text/html',
      size: content.length,
      state: 'stored',
      storage_key,
      ...file,
    })
    .execute()
  const { url } = (await api.call(one, 'GET', path)).body.data[0].attachments[0]
  const { pathname, search } = new URL(url)
  return pathname + search
}

test('a file opens by its signed link only, never as something the browser runs', async () => {
  const link = await linkToFile(Buffer.from('<b>x</b>'), { file_name: 'página.html' })
  const file = await api.app.inject(link)
  expect(file.statusCode).toBe(200)
  expect(file.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  })
  expect(file.headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''p%C3%A1gina/)
  expect(file.headers['content-security-policy']).toContain('sandbox')
  const forged = await api.app.inject(link.replace(/expires=\d/, 'expires=9'))
  expect(forged.statusCode).toBe(403)
})

test('a video is shown by what its bytes are, and players may ask for a part of it', async () => {
  const content = Buffer.from('0123456789')
  const video = { file_name: 'a.html', detected_type: 'video/mp4' }
  const url = await linkToFile(content, video)
  const part = (range: string) => api.app.inject({ url, headers: { range } })
  const whole = await api.app.inject(url)
  expect(whole.headers).toMatchObject({
    'content-type': 'video/mp4',
    'content-disposition': "inline; filename*=UTF-8''a.html",
    'accept-ranges': 'bytes',
    'content-length': '10',
  })
  const answers = [
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=7-99', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, '0123456789', undefined],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ] as const
  for (const [range, status, body, contentRange] of answers) {
    const reply = await part(range)
    expect([reply.statusCode, reply.body, reply.headers['content-range']], range).toEqual([
      status,
      body,
      contentRange,
    ])
  }
})

test('an inbox says how many files a disconnect would leave in the mailbox, and leaves', async () => {
  const [one] = api.accounts
  const path = `/conversations/${conversationId}/messages`
  const { body } = await api.call(one, 'POST', path, { payload: { content: 'x' } })
  const file = { account_id: one.accountId, message_id: body.id, file_name: 'a', size: 5 }
  const type = { content_type: 'text/plain', state: 'in_mailbox' as const }
  const rows = [0, 1].map((position) => ({ ...file, ...type, position }))
  await api.db.insertInto('attachments').values(rows).execute()
  const before = await api.call(one, 'GET', `/inboxes/${inboxId}`)
  expect(before.body.attachments_not_stored).toBe(2)
  const gone = await api.call(one, 'DELETE', `/inboxes/${inboxId}`)
  expect(gone.body.attachments_not_stored).toBe(2)
})

test('copies go to whom an answer names and, to all, to whom the last mail went, nobody twice', async () => {
  const [one] = api.accounts
  const { inbox_id, account_id } = await api.db
    .selectFrom('conversations')
    .select(['inbox_id', 'account_id'])
    .where('id', '=', conversationId)
    .executeTakeFirstOrThrow()
  const { address } = await api.db
    .updateTable('inboxes')
    .set({ settings: sql`settings || '{"aliases": ["sales@shop.test"]}'` })
    .where('id', '=', inbox_id)
    .returning('address')
    .executeTakeFirstOrThrow()
  const person = (name: string) => ({ name, address: `${name}@customer.test` })
  await sql`
    insert into messages (account_id, id, conversation_id, inbox_id, direction, origin, content,
      content_type, content_attributes, status, sent_at)
    values (${account_id}, nextval('message_ids'), ${conversationId}, ${inbox_id}, 'incoming', 'live',
      'to three', 'text', ${JSON.stringify({
        to: [{ name: 'Shop', address: address.toUpperCase() }, person('bia')],
        cc: [person('caio'), person('BIA'), { name: '', address: 'Sales@shop.test' }],
      })}::text::jsonb, 'received', now() + interval '1 minute')`.execute(api.db)
  const path = `/conversations/${conversationId}/messages`
  const payload = {
    content: 'to all',
    reply_all: true,
    cc: ['bia@customer.test', 'dora@customer.test'],
    bcc: ['dora@customer.test', 'boss@shop.test'],
  }
  const sent = await api.call(one, 'POST', path, { payload })
  expect(sent.status).toBe(202)
  expect(sent.body.content_attributes).toEqual({
    cc: [person('bia'), person('caio'), { name: '', address: 'dora@customer.test' }],
    bcc: [{ name: '', address: 'boss@shop.test' }],
  })
  const refused = await api.call(one, 'POST', path, { payload: { content: 'x', cc: ['nobody'] } })
  expect(refused.status).toBe(400)
  expect(refused.body.details.fields[0].field).toContain('cc')
})
