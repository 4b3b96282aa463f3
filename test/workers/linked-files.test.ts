// Files of an answer that do not fit into its mail: the customer gets a link that opens them.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseMail } from '../../protocols/mime/parse-mail.ts'
import { fileForm } from '../support/file-form.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let api: ApiOfPlatform
let conversationId: number

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform({ tuning: { mailFilesBytes: 200_000 } }),
    // A mail of 150 KB is too large for this server.
    startMailbox({ smtp: { maxSize: 150_000 } }),
  ])
  api = await apiOf(platform)
  const ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
  mailbox.deliver(
    'From: ana@customer.test\r\nSubject: Files\r\nMessage-ID: <f@c.test>\r\n\r\nPlease',
  )
  const stored = await waitFor(async () => (await platform.messages(ref))[0], { what: 'the mail' })
  conversationId = stored.conversation_id
})
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  await mailbox?.stop()
})

/** Sends an answer with these files, and reads what arrived. */
async function answer(content: string, files: Record<string, Buffer<ArrayBuffer>>) {
  const attachments: string[] = []
  for (const [name, file] of Object.entries(files)) {
    const { payload, headers } = await fileForm(file, { name, type: 'application/pdf' })
    attachments.push((await api.post('/uploads', payload, headers)).body.id)
  }
  const path = `/conversations/${conversationId}/messages`
  expect((await api.post(path, { content, attachments })).status).toBe(202)
  const raw = () => mailbox.smtp.received.find((mail) => mail.raw.toString().includes(content))?.raw
  const mail = await parseMail(await waitFor(raw, { what: content }))
  return {
    text: mail.text,
    inside: mail.attachments.map(({ fileName }) => fileName),
    links: mail.text.match(/https?:\S+/g) ?? [],
  }
}

async function opened(link: string) {
  const { pathname, search } = new URL(link)
  return api.app.inject(pathname + search)
}

test('what does not fit into the mail is linked to, what fits goes along', async () => {
  const plan = randomBytes(190_000)
  const files = { 'plan.pdf': plan, 'note.pdf': randomBytes(20_000) }
  const mail = await answer('The plan and a note', files)
  expect(mail.inside).toEqual(['note.pdf'])
  expect(mail.text).toContain('Arquivos grandes demais para este e-mail, disponíveis até')
  expect(mail.text).toContain('plan.pdf (0,2 MB)')
  const reply = await opened(mail.links[0]!)
  expect(reply.statusCode).toBe(200)
  expect(reply.rawPayload.equals(plan)).toBe(true)
  // Neither for longer, nor another file.
  const { pathname, search } = new URL(mail.links[0]!)
  const query = new URLSearchParams(search)
  query.set('expires', String(Number(query.get('expires')) + 1))
  expect((await opened(`https://x.test${pathname}?${query}`)).statusCode).toBe(403)
})

test('a server that takes less than is usual gets the mail without its files', async () => {
  const film = randomBytes(140_000)
  const mail = await answer('The film', { 'film.pdf': film })
  expect(mail.inside).toEqual([])
  expect((await opened(mail.links[0]!)).rawPayload.equals(film)).toBe(true)
  const newest = async () =>
    (await api.get(`/conversations/${conversationId}/messages`)).body.data[0]
  await waitFor(async () => (await newest()).status === 'sent', { what: 'the answer to be sent' })
  const message = await newest()
  expect(message.attachments).toMatchObject([{ file_name: 'film.pdf' }])
  const attempts = await platform.db
    .selectFrom('send_attempts')
    .select('state')
    .where('message_id', '=', message.id)
    .execute()
  expect(attempts.map(({ state }) => state)).toEqual(['accepted'])
})
