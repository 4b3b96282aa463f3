// Asking for a contact's data or its erasure, and what an account keeps for how long.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, emailForm, startApi } from './api-under-test.ts'

let api: ApiUnderTest
let contactId: number
beforeAll(async () => {
  api = await startApi()
  const [{ accountId }] = api.accounts
  const values = { account_id: accountId, name: 'Bia', email: 'bia@x.test' }
  const row = await api.db.insertInto('contacts').values(values).returning('id').executeTakeFirst()
  contactId = row!.id
})
afterAll(() => api.stop())

test('an export is asked for once, taken up, and found again', async () => {
  const [one] = api.accounts
  api.told.length = 0
  const asked = await api.call(one, 'POST', `/contacts/${contactId}/export`)
  expect(asked).toMatchObject({
    status: 202,
    body: { kind: 'export', contact_id: contactId, status: 'waiting', url: null },
  })
  expect(api.told).toEqual(['export'])
  const again = await api.call(one, 'POST', `/contacts/${contactId}/export`)
  expect(again.body.id).toBe(asked.body.id)
  const erasure = await api.call(one, 'POST', `/contacts/${contactId}/erase`)
  const { body } = await api.call(one, 'GET', '/privacy_requests')
  expect(body.data.map(({ id }: { id: number }) => id)).toEqual([erasure.body.id, asked.body.id])
  const found = await api.call(one, 'GET', `/privacy_requests/${asked.body.id}`)
  expect(found.body).toEqual(asked.body)
})

test('while Temporal is away a request is on record all the same', async () => {
  const [, two] = api.accounts
  const values = { account_id: two.accountId, name: 'Caio' }
  const row = await api.db.insertInto('contacts').values(values).returning('id').executeTakeFirst()
  api.temporal.down = true
  const asked = await api.call(two, 'POST', `/contacts/${row!.id}/erase`)
  api.temporal.down = false
  expect(asked).toMatchObject({ status: 202, body: { kind: 'erasure', status: 'waiting' } })
})

test('only administrators of the whole account may ask, and for no contact of another', async () => {
  const [one, two] = api.accounts
  const inbox = await api.call(one, 'POST', '/inboxes', { payload: emailForm('p@example.com') })
  const keys = [
    await api.keyOf(one, 'agent'),
    await api.keyOf(one, 'administrator', [inbox.body.id]),
  ]
  for (const key of keys) {
    const headers = { api_access_token: key }
    for (const path of [`/contacts/${contactId}/export`, `/contacts/${contactId}/erase`]) {
      expect((await api.call(one, 'POST', path, { headers })).status, path).toBe(403)
    }
    expect((await api.call(one, 'GET', '/privacy_requests', { headers })).status).toBe(403)
  }
  expect((await api.call(two, 'POST', `/contacts/${contactId}/export`)).status).toBe(404)
  const { body } = await api.call(one, 'GET', '/privacy_requests')
  for (const { id } of body.data) {
    expect((await api.call(two, 'GET', `/privacy_requests/${id}`)).status).toBe(404)
  }
})

test('an export opens by its signed link until it expires', async () => {
  const [one, two] = api.accounts
  const asked = await api.call(one, 'POST', `/contacts/${contactId}/export`)
  const storage_key = `${one.accountId}/exports/one`
  await api.storage.put(storage_key, Buffer.from('PK'))
  const ofRequest = api.db
    .updateTable('privacy_requests')
    .where('account_id', '=', one.accountId)
    .where('id', '=', asked.body.id)
  await ofRequest.set({ status: 'done', storage_key }).execute()
  const done = await api.call(one, 'GET', `/privacy_requests/${asked.body.id}`)
  const { pathname, search } = new URL(done.body.url)
  const file = await api.app.inject(pathname + search)
  expect([file.statusCode, file.body]).toEqual([200, 'PK'])
  expect(file.headers['content-disposition']).toBe(
    `attachment; filename*=UTF-8''contact-${contactId}.zip`,
  )
  for (const other of [
    pathname,
    pathname.replace(`/accounts/${one.accountId}/`, `/accounts/${two.accountId}/`) + search,
    pathname.replace(/privacy_requests\/\d+/, 'privacy_requests/999') + search,
    `${pathname.replace(/privacy_requests\/\d+\/file/, `attachments/${asked.body.id}`)}${search}`,
  ]) {
    expect((await api.app.inject(other)).statusCode, other).toBe(403)
  }
  await ofRequest.set({ status: 'expired', storage_key: null }).execute()
  expect((await api.app.inject(pathname + search)).statusCode).toBe(410)
})

test('an account says how long it keeps conversations and deliveries, and how large its files may be', async () => {
  const [one] = api.accounts
  const patch = (payload: object) => api.call(one, 'PATCH', '', { payload })
  const changed = await patch({ conversation_retention_days: 90, attachment_limit_bytes: 100_000 })
  expect(changed.body).toMatchObject({
    conversation_retention_days: 90,
    attachment_limit_bytes: 100_000,
  })
  expect((await patch({ conversation_retention_days: null })).body).toMatchObject({
    conversation_retention_days: null,
    attachment_limit_bytes: 100_000,
  })
  expect((await patch({ delivery_retention_days: 7 })).body.delivery_retention_days).toBe(7)
  expect((await patch({ delivery_retention_days: 0 })).status).toBe(400)
  expect((await patch({ conversation_retention_days: 0 })).status).toBe(400)
  expect((await patch({ attachment_limit_bytes: 10 })).status).toBe(400)
})

test('who changed how long something is kept is on record, with what it was before', async () => {
  const [one] = api.accounts
  const patch = (payload: object) => api.call(one, 'PATCH', '', { payload })
  await patch({ conversation_retention_days: null, delivery_retention_days: 8 })
  await patch({ conversation_retention_days: 30, delivery_retention_days: 9 })
  // Nothing becomes different.
  await patch({ conversation_retention_days: 30 })
  await patch({ conversation_retention_days: null })
  const { body } = await api.call(one, 'GET', '/changes?limit=2')
  expect(body.data.map(({ changes }: { changes: unknown }) => changes)).toEqual([
    { conversation_retention_days: { before: 30, after: null } },
    {
      conversation_retention_days: { before: null, after: 30 },
      delivery_retention_days: { before: 8, after: 9 },
    },
  ])
  const { body: agents } = await api.call(one, 'GET', '/agents')
  const person = agents.data.find(({ id }: { id: number }) => id === body.data[0].user_id)
  expect(person).toMatchObject({ role: 'administrator' })
})

test('files that were too large are looked at again when the limit changes', async () => {
  const [one] = api.accounts
  const inbox = await api.call(one, 'POST', '/inboxes', { payload: emailForm('f@example.com') })
  await largeFile(one.accountId, inbox.body.id)
  const waiting = () =>
    api.db.selectFrom('attachments').select('reason').where('file_name', '=', 'large').execute()
  api.told.length = 0
  const changed = await api.call(one, 'PATCH', `/inboxes/${inbox.body.id}`, {
    payload: { attachment_limit_bytes: 2_000_000 },
  })
  expect(changed.body.attachment_limit_bytes).toBe(2_000_000)
  expect(await waiting()).toEqual([{ reason: null }])
  const asked = await api.db.selectFrom('outbox').select(['topic', 'event']).execute()
  expect(asked).toContainEqual({ topic: 'inbox', event: 'changed' })
})

async function largeFile(accountId: number, inboxId: number): Promise<void> {
  const now = new Date()
  const conversation = await api.db
    .insertInto('conversations')
    .values({
      account_id: accountId,
      display_id: 999,
      inbox_id: inboxId,
      contact_id: contactId,
      first_message_at: now,
      last_message_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const message = await api.db
    .insertInto('messages')
    .values({
      account_id: accountId,
      conversation_id: conversation.id,
      inbox_id: inboxId,
      direction: 'incoming',
      origin: 'live',
      status: 'received',
      sent_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await api.db
    .insertInto('attachments')
    .values({
      account_id: accountId,
      message_id: message.id,
      position: 0,
      file_name: 'large',
      content_type: 'video/mp4',
      size: 1_500_000,
      state: 'in_mailbox',
      reason: 'too_large',
      part: '2',
    })
    .execute()
}
