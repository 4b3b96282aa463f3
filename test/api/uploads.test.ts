// Files on their way into an answer: who may name them, how large they may be, what is kept.
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileForm } from '../support/file-form.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiUnderTest, startApi, type TestAccount } from './api-under-test.ts'
import { furnish, type Things } from './tenant.ts'

let api: ApiUnderTest
let things: Things
let later = 0
const LIMIT = 100_000
/** Without links to the rest, an answer by mail takes this much. */
const IN_A_MAIL = 80_000

beforeAll(async () => {
  api = await startApi(
    {
      OUTGOING_FILES_BYTES: String(LIMIT),
      MAIL_FILES_BYTES: String(IN_A_MAIL),
      FILE_LINK_DAYS: '0',
    },
    () => new Date(Date.now() + later),
  )
  things = await furnish(api, api.accounts[0], 'uploads')
})
afterAll(() => api?.stop())

async function upload(
  account: TestAccount,
  content: string | Uint8Array<ArrayBuffer>,
  file: { name?: string; type?: string } = {},
) {
  return api.call(account, 'POST', '/uploads', await fileForm(content, file))
}
const answer = (account: TestAccount, payload: object, key = account.key) =>
  api.call(account, 'POST', `/conversations/${things.conversations}/messages`, {
    payload,
    headers: { api_access_token: key },
  })
const messages = async () =>
  (await api.db.selectFrom('messages').select('id').execute()).map(({ id }) => id)

test('an uploaded file goes with an answer, with or without words, and opens by its link', async () => {
  const [one] = api.accounts
  const file = await upload(one, 'olá', { name: 'C:\\Users\\ana\\relatório.txt' })
  expect(file.status).toBe(201)
  expect(file.body).toMatchObject({
    file_name: 'relatório.txt',
    content_type: 'text/plain',
    size: 4,
  })
  const sent = await answer(one, { attachments: [file.body.id] })
  expect(sent.status).toBe(202)
  const [attachment] = sent.body.attachments
  expect(attachment).toMatchObject({ file_name: 'relatório.txt', size: 4, state: 'stored' })
  const { pathname, search } = new URL(attachment.url)
  expect((await api.app.inject(pathname + search)).body).toBe('olá')
})

test('the bytes say what may be shown in a page, and a file never says how the mail is built', async () => {
  const [one] = api.accounts
  const html = await upload(one, '<script>1</script>', { name: 'a.html', type: 'multipart/mixed' })
  expect(html.body).toMatchObject({ content_type: 'application/octet-stream' })
  const { body } = await answer(one, { content: 'x', attachments: [html.body.id] })
  const { pathname, search } = new URL(body.attachments[0].url)
  const opened = await api.app.inject(pathname + search)
  expect(opened.headers['content-disposition']).toMatch(/^attachment/)
})

test('a file over the limit is refused while it comes, and files together over it with the answer', async () => {
  const [one] = api.accounts
  const before = await messages()
  const large = await upload(one, new Uint8Array(LIMIT + 1))
  expect(large.status).toBe(413)
  expect(large.body.code).toBe('payload_too_large')
  const halves = await Promise.all(
    [1, 2].map((n) => upload(one, new Uint8Array(IN_A_MAIL / 2 + n))),
  )
  const refused = await answer(one, {
    content: 'x',
    attachments: halves.map(({ body }) => body.id),
  })
  expect(refused.status).toBe(422)
  expect(refused.body).toMatchObject({
    code: 'attachments_too_large',
    details: { limit_bytes: IN_A_MAIL },
  })
  expect(await messages()).toEqual(before)
})

test('nobody but who uploaded a file may send it, nor is it kept for ever, nor made up', async () => {
  const [one, two] = api.accounts
  const before = await messages()
  const { body } = await upload(one, 'mine')
  const { body: theirs } = await upload(two, 'theirs')
  const colleague = await api.call(one, 'POST', '/api_keys', {
    payload: { name: 'n', role: 'agent', user_id: things.agents },
  })
  const [text, signature] = body.id.split('.')
  const other = Buffer.from(text, 'base64url').toString().replace('nota.txt', 'conta.txt')
  const forged = `${Buffer.from(other).toString('base64url')}.${signature}`
  const tries = [
    await answer(one, { attachments: [theirs.id] }),
    await answer(one, { attachments: [body.id] }, colleague.body.key),
    await answer(one, { attachments: [forged] }),
    await answer(one, { attachments: ['made.up'] }),
  ]
  later = 31 * 60_000
  tries.push(await answer(one, { attachments: [body.id] }))
  later = 0
  for (const { status, body } of tries) {
    expect([status, body.code]).toEqual([404, 'upload_not_found'])
  }
  expect(await messages()).toEqual(before)
  expect((await answer(one, { attachments: [body.id] })).status).toBe(202)
})

test('an answer of nothing, and an upload of nothing, name the field', async () => {
  const [one] = api.accounts
  const empty = await answer(one, { content: ' ', attachments: [] })
  expect(empty.body.details.fields[0]).toMatchObject({ field: 'content', reason: 'missing' })
  const json = await api.call(one, 'POST', '/uploads', { payload: { file: 'x' } })
  expect(json.body.code).toBe('unsupported_media_type')
  const none = await api.call(one, 'POST', '/uploads', {
    payload: '--b--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
  const text = await api.call(one, 'POST', '/uploads', {
    payload: '--b\r\ncontent-disposition: form-data; name="file"\r\n\r\ntext\r\n--b--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
  for (const { status, body } of [none, text]) {
    expect(status).toBe(400)
    expect(body.details.fields[0]).toMatchObject({ field: 'file', reason: 'missing' })
  }
})

test('what nobody sent is left to the sweep; what was sent is not', async () => {
  const [one] = api.accounts
  const [sent, unsent] = [await upload(one, 'sent'), await upload(one, 'never sent')]
  await answer(one, { attachments: [sent.body.id] })
  const { rows } = await sql<{ key: string; used: boolean }>`
    select o.key, exists (select from attachments a where a.storage_key = o.key) as used
    from stored_objects o where o.account_id = ${one.accountId}`.execute(api.db)
  const keyOf = (id: string) =>
    JSON.parse(Buffer.from(id.split('.')[0]!, 'base64url').toString()).file.storageKey
  expect(rows).toContainEqual({ key: keyOf(sent.body.id), used: true })
  expect(rows).toContainEqual({ key: keyOf(unsent.body.id), used: false })
})

test('an upload that breaks off leaves no half of a file behind', async () => {
  const [one] = api.accounts
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' })
  const { payload, headers } = await fileForm(new Uint8Array(LIMIT))
  const files = () =>
    readdirSync(api.config.storageDir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    ).length
  const before = files()
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.write(
    [
      `POST /api/v1/accounts/${one.accountId}/uploads HTTP/1.1`,
      'host: localhost',
      `api_access_token: ${one.key}`,
      `content-type: ${headers['content-type']}`,
      `content-length: ${payload.length}`,
      '\r\n',
    ].join('\r\n'),
  )
  socket.write(payload.subarray(0, LIMIT / 2))
  await waitFor(() => files() > before, { what: 'the upload to begin' })
  socket.destroy()
  await waitFor(() => files() === before, { what: 'the half of it to be gone' })
  expect(api.logged.filter((line) => line.includes('"failed"'))).toEqual([])
  expect((await upload(one, 'the next')).status).toBe(201)
})
