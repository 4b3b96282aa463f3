// A Microsoft mailbox: what an administrator switched off for sending, rotated tokens, two workers,
// and a token that ends in the middle of an import.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCredentials } from '../../db/credentials.ts'
import { smtpFaults } from '../../scripts/servers/smtp.ts'
import { consentBrowser, textOf } from '../support/consent-browser.ts'
import { type SignedInMailbox, startSignedInMailbox } from '../support/signed-in-mailbox.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

const ADDRESS = 'vendas@shop.test'
const HISTORY = 800
let platform: Platform
let mailbox: SignedInMailbox
let api: ApiOfPlatform
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  mailbox = await startSignedInMailbox('microsoft', { address: ADDRESS })
  // Each page is read on a connection of its own, of which a host gets ten a second after the first
  // ten: so forty of them outlast two seconds on any machine.
  mailbox.provider.tokenLifetimeS = 2
  platform = await startPlatform({
    channels: mailbox.channels,
    tuning: { idleCheckMs: 500, importPage: 20, importShareMs: 1 },
  })
  api = await apiOf(platform)
  mailbox.provider.redirectUris.push(`${api.publicUrl}/oauth/microsoft/callback`)
  mailbox.deliverAll(Array.from({ length: HISTORY }, (_, n) => ({ raw: mail(`old ${n}`) })))
}, 120_000)
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  await mailbox?.stop()
})

const mail = (subject: string) =>
  Buffer.from(
    [
      'From: Carla <carla@customer.test>',
      `To: ${ADDRESS}`,
      `Subject: ${subject}`,
      `Message-ID: <${subject.replaceAll(' ', '-')}@customer.test>`,
      '',
      `Text of ${subject}`,
    ].join('\r\n'),
  )
const shown = async () => (await api.get(`/inboxes/${ref.inboxId}`)).body
const signIn = async (url: string) => consentBrowser(api.app, mailbox.provider).signIn(url)

test('where SMTP is switched off for the tenant mail comes in, and the remedy is said', async () => {
  mailbox.smtp.fail(smtpFaults.smtpAuthDisabled)
  const made = await api.post('/inboxes', {
    channel: 'microsoft',
    name: 'Vendas',
    address: ADDRESS,
  })
  ref = { accountId: platform.accountId, inboxId: made.body.id }
  const page = await consentBrowser(api.app, mailbox.provider).open(made.body.authorization.url)
  for (const words of ['Let devices and apps use IMAP', 'Make primary', 'private window']) {
    expect(textOf(page)).toContain(words)
  }
  expect((await signIn(made.body.authorization.url)).status).toBe(200)
  const inbox = await shown()
  expect(inbox).toMatchObject({
    attention: 'amber',
    health: { receive: { status: 'ok' }, send: { reason: 'smtp_auth_disabled' } },
    settings: { sync_sent: true },
  })
  expect(inbox.health.send.evidence).toContain('aka.ms/smtp_auth_disabled')
})

test('tokens that end during an import lose and double nothing', async () => {
  await waitFor(async () => (await shown()).state === 'active', { what: 'active' })
  expect(await platform.messages(ref)).toHaveLength(HISTORY)
  expect(mailbox.provider.refreshes.length).toBeGreaterThan(0)
  mailbox.provider.tokenLifetimeS = 3600
})

test('checking again after the administrator has acted wants no sign-in', async () => {
  mailbox.smtp.mend()
  const { status, body } = await api.post(`/inboxes/${ref.inboxId}/reconnect`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ authorization: null, health: { send: { status: 'ok' } } })
})

test('a token that ended between two answers is renewed, and each goes out once', async () => {
  const { body } = await api.get(`/conversations?inbox_id=${ref.inboxId}`)
  const path = `/conversations/${body.data[0].id}/messages`
  await api.post(path, { content: 'First answer' })
  await mailbox.smtp.waitFor(1)
  mailbox.provider.endAccessTokens()
  await api.post(path, { content: 'Second answer' })
  const sent = await mailbox.smtp.waitFor(2)
  expect(sent.map(({ raw }) => /(First|Second) answer/.exec(raw.toString())?.[1])).toEqual([
    'First',
    'Second',
  ])
})

test('the rotated token is the one that is kept', async () => {
  const { vault, db } = platform
  const kept = (await readCredentials(db, vault, ref.accountId, ref.inboxId)) as {
    refresh_token: string
  }
  expect(kept.refresh_token).toBe(mailbox.provider.newestRefreshToken())
})

test('folders may be chosen later, without signing in', async () => {
  mailbox.deliver(mail('in a folder'), { folder: 'Financeiro' })
  const folders = ['INBOX', 'Financeiro']
  const { status, body } = await api.patch(`/inboxes/${ref.inboxId}`, { folders })
  expect(status).toBe(200)
  expect(body.settings.folders).toEqual(folders)
  mailbox.deliver(mail('later in the folder'), { folder: 'Financeiro' })
  await waitFor(
    async () =>
      (await platform.messages(ref)).some(({ content }) => content.includes('later in the folder')),
    { what: 'the mail of the folder' },
  )
  const refused = await api.patch(`/inboxes/${ref.inboxId}`, { password: 'x' })
  expect(refused.body).toMatchObject({ code: 'invalid_settings' })
})
