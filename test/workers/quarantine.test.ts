// A mail in quarantine, had as it lies in the mailbox: real Dovecot, workers and API.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emailAccount } from '../../channels/email/index.ts'
import { openMailbox } from '../../channels/mail/mailbox.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { formOf, type Platform, startPlatform } from './platform.ts'

const RAW = Buffer.from(
  'From: x\r\nSubject: =?utf-8?B?////?=\r\n\r\n\xff\xfe not for everybody\r\n',
  'latin1',
)

let platform: Platform
let mailbox: Mailbox
let api: ApiOfPlatform
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
  mailbox.deliver(RAW, { folder: 'Pessoal' })
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
  api = await apiOf(platform)
})
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  await mailbox?.stop()
})

async function quarantined(uid: number): Promise<number> {
  const form = { ...formOf(mailbox), policy: { allowHosts: ['127.0.0.0/8'] } }
  const opened = await openMailbox(emailAccount(form), { folder: 'Pessoal' })
  const { uidValidity } = opened.status()
  await opened.close()
  const { id } = await platform.db
    .insertInto('quarantine')
    .values({
      account_id: ref.accountId,
      inbox_id: ref.inboxId,
      folder: 'Pessoal',
      uidvalidity: Number(uidValidity),
      uid,
      arrival: 'live',
      reason: 'not_understood',
      evidence: '',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

test('its original is downloaded byte by byte, and by the signed link only', async () => {
  const id = await quarantined(1)
  const { status, body } = await api.post(`/quarantine/${id}/original`)
  expect(status, JSON.stringify(body)).toBe(200)
  const link = new URL(body.url)
  const download = (address: string) => api.app.inject({ url: address })
  const file = await download(`${link.pathname}${link.search}`)
  expect(file.statusCode).toBe(200)
  expect(file.rawPayload.toString('latin1')).toBe(RAW.toString('latin1'))
  expect(file.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''mail-${id}.eml`,
  })
  expect((await download(link.pathname)).json().code).toBe('link_expired')
  const other = link.search.replace(/[0-9a-f]{64}/, '0'.repeat(64))
  expect((await download(`${link.pathname}${other}`)).json().code).toBe('link_expired')
})

test('a mail that is gone from its folder is told to be gone', async () => {
  const id = await quarantined(77)
  expect(await api.post(`/quarantine/${id}/original`)).toMatchObject({
    status: 410,
    body: { code: 'mail_gone' },
  })
})

test('a mailbox that cannot be opened is told, and what is wrong with it stays with the inbox', async () => {
  const id = await quarantined(78)
  await mailbox.changePassword('another')
  expect(await api.post(`/quarantine/${id}/original`)).toMatchObject({
    status: 409,
    body: { code: 'mailbox_unreachable' },
  })
})
