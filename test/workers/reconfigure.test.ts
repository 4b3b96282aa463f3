// Changing a connected inbox through the API, on real servers: all of a change or nothing of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../db/client.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { parseMail } from '../../protocols/mime/parse-mail.ts'
import { fileForm } from '../support/file-form.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { formOf, type Platform, startPlatform } from './platform.ts'

let platform: Platform
let api: ApiOfPlatform
let mailbox: Mailbox
let secure: Mailbox

beforeAll(async () => {
  ;[platform, mailbox, secure] = await Promise.all([
    startPlatform(),
    startMailbox(),
    startMailbox({ address: 'secure@shop.test', imap: { tls: 'implicit' } }),
  ])
  api = await apiOf(platform)
})
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  await Promise.all([mailbox?.stop(), secure?.stop()])
})

const active = (ref: { accountId: number; inboxId: number }) =>
  waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
const kinds = async (inboxId: number) =>
  (await api.get(`/inboxes/${inboxId}/timeline`)).body.data.map(
    ({ kind, actor_user_id }: { kind: string; actor_user_id: number | null }) =>
      `${kind} ${actor_user_id}`,
  )

test('a change whose preflight fails changes nothing, and says why in the reader’s language', async () => {
  const ref = await platform.connect(mailbox)
  await active(ref)
  const path = `/inboxes/${ref.inboxId}`
  const before = (await api.get(path)).body
  const refused = await api.patch(
    path,
    { name: 'Vendas', archive_after_days: 3, password: 'no such password' },
    { 'accept-language': 'pt-BR' },
  )
  expect(refused.status).toBe(422)
  expect(refused.body).toMatchObject({
    code: 'connection_failed',
    details: {
      reason: 'wrong_password',
      message: 'O servidor de e-mail recusou o login ou a senha.',
    },
  })
  expect((await api.get(path)).body).toMatchObject({
    name: before.name,
    archive_after_days: before.archive_after_days,
    settings: before.settings,
    state: 'active',
  })
  expect(await platform.db.selectFrom('connect_drafts').select('id').execute()).toEqual([])

  const changed = await api.patch(path, {
    name: 'Vendas',
    archive_after_days: 3,
    claudia_after_import: 'keep_off',
    sync_sent: false,
  })
  expect(changed.status).toBe(200)
  const { body } = await api.get(path)
  expect(body).toMatchObject({
    name: 'Vendas',
    archive_after_days: 3,
    claudia: { after_import: 'keep_off' },
    settings: { sync_sent: false },
  })
  expect(await kinds(ref.inboxId)).toContain(`reconnected ${platform.administratorId}`)
})

test('who pauses, resumes and releases ClaudIA is on record', async () => {
  await platform.db
    .updateTable('inboxes')
    .set({ held_since: new Date() })
    .where('id', '=', 1)
    .execute()
  for (const verb of ['pause', 'resume', 'claudia/release']) {
    expect((await api.post(`/inboxes/1/${verb}`)).status).toBe(200)
  }
  const who = platform.administratorId
  expect((await kinds(1)).slice(0, 3)).toEqual([
    `claudia_released ${who}`,
    `resumed ${who}`,
    `paused ${who}`,
  ])
})

test('mail through a group of the own is a person’s once the inbox knows its address', async () => {
  const passedOn = (id: string) =>
    mailbox.deliver(
      [
        "From: 'Ana' via Sales <sales@shop.test>",
        'X-Original-Sender: ana@customer.test',
        'List-Post: <mailto:sales@shop.test>',
        'To: sales@shop.test',
        `Message-ID: <${id}@customer.test>`,
        `Date: ${new Date().toUTCString()}`,
        '',
        'Do you deliver?',
      ].join('\r\n'),
    )
  const stored = (id: string) =>
    waitFor(
      async () =>
        (await platform.messages({ accountId: platform.accountId, inboxId: 1 })).find(
          ({ source_id }) => source_id === `${id}@customer.test`,
        ),
      { what: id },
    )
  passedOn('before')
  expect((await stored('before')).content_attributes).toMatchObject({ automatic: true })
  const changed = await api.patch('/inboxes/1', { aliases: ['Sales@SHOP.test'] })
  expect(changed.body.settings.aliases).toEqual(['Sales@shop.test'])
  passedOn('after')
  const { content_attributes, direction } = await stored('after')
  expect(direction).toBe('incoming')
  expect(content_attributes).toMatchObject({ nature: 'person' })
  expect(content_attributes).not.toHaveProperty('automatic')
})

test('an answer takes the files that were uploaded for it along', async () => {
  mailbox.deliver(
    Buffer.from(
      [
        'From: Carla <carla@customer.test>',
        `To: ${mailbox.address}`,
        'Subject: Nota fiscal',
        'Message-ID: <nota@customer.test>',
        `Date: ${new Date().toUTCString()}`,
        '',
        'Where is my invoice?',
      ].join('\r\n'),
    ),
  )
  const asked = async () => (await api.get('/conversations?inbox_id=1')).body.data[0]
  const { id } = await waitFor(asked, { what: 'the question' })
  const pdf = new Uint8Array(300_000).map((_, at) => at % 251)
  const files = [
    await fileForm(pdf, { name: 'nota 2026 ção.pdf', type: 'application/pdf' }),
    await fileForm('a,b', { name: 'itens.csv', type: 'text/csv' }),
  ]
  const attachments: string[] = []
  for (const { payload, headers } of files) {
    attachments.push((await api.post('/uploads', payload, headers)).body.id)
  }
  const path = `/conversations/${id}/messages`
  expect((await api.post(path, { content: 'Segue a nota.', attachments })).status).toBe(202)
  await mailbox.smtp.waitFor(1)
  const mail = await parseMail(mailbox.smtp.received[0]!.raw)
  expect(mail.text).toContain('Segue a nota.')
  expect(mail.attachments.map(({ fileName, contentType }) => [fileName, contentType])).toEqual([
    ['nota 2026 ção.pdf', 'application/pdf'],
    ['itens.csv', 'text/csv'],
  ])
  const [first, second] = mail.attachments.map(({ content }) => Buffer.from(content!))
  expect(first!.equals(pdf)).toBe(true)
  expect(String(second)).toBe('a,b')
})

test('a host that is held to its certificate may be let off by an administrator, on record', async () => {
  const form = formOf(secure)
  const { db } = platform
  const { imap, ...others } = form.settings
  const unchecked = { ...imap!, encryption: 'tls' as const, certificate: 'none' as const }
  const ref = await platform.connect(secure, { settings: { ...others, imap: unchecked } })
  await active(ref)
  // As it would be, had the certificate been one that anybody trusts.
  const held = { ...others, imap: { ...unchecked, certificate: 'peer' } }
  await db.updateTable('inboxes').set({ settings: held }).where('id', '=', ref.inboxId).execute()
  const path = `/inboxes/${ref.inboxId}`
  const again = await api.post(`${path}/reconnect`, {}, { 'accept-language': 'en' })
  expect(again.body.details).toMatchObject({ reason: 'certificate' })
  const reset = await api.patch(path, { imap: { certificate: 'none' } })
  expect(reset.status).toBe(200)
  expect(reset.body.settings.imap.certificate).toBe('none')
  expect(await kinds(ref.inboxId)).toContain(`certificate_check_ended ${platform.administratorId}`)
})

test('a form that expired before it was tried says so, and is begun again with the password', async () => {
  const gone = await api.remove('/inboxes/1')
  expect(gone.body).toMatchObject({ state: 'disconnected', attachments_not_stored: 0 })
  expect(await kinds(1)).toContain(`disconnected ${platform.administratorId}`)
  const form = formOf(mailbox)
  const { inboxId } = await inTransaction(platform.db, async (trx) => {
    const created = await createInbox(trx, platform.vault, {
      accountId: platform.accountId,
      name: 'Late',
      channel: 'email',
      address: mailbox.address,
      settings: { ...form.settings },
      credentials: { ...form.credentials },
    })
    const past = { expires_at: new Date(Date.now() - 1000) }
    await trx.updateTable('connect_drafts').set(past).execute()
    return created
  })
  const path = `/inboxes/${inboxId}`
  const health = async () => (await api.get(path, { 'accept-language': 'en' })).body.health.receive
  await waitFor(async () => (await health()).reason === 'draft_expired', { what: 'the reason' })
  expect((await health()).remedy).toBe('Reconnect and enter the password again.')
  expect((await api.post(`${path}/reconnect`, {})).body.code).toBe('draft_expired')
  const begun = await api.post(`${path}/reconnect`, { password: mailbox.password })
  expect(begun.status).toBe(200)
  await active({ accountId: platform.accountId, inboxId })
})
