// A mailbox connected by signing in: from the link to its mail, through refused accounts, lost access
// and the way back, at Google's simulator with Dovecot behind it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OAuthCredentials } from '../../channels/channel.ts'
import { keepAliveAt } from '../../db/access-tokens.ts'
import { readCredentials, writeCredentials } from '../../db/credentials.ts'
import { consentBrowser, textOf } from '../support/consent-browser.ts'
import { type SignedInMailbox, startSignedInMailbox } from '../support/signed-in-mailbox.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

const ADDRESS = 'support@gmail.com'
/** The same account: Gmail knows no dots. */
const ALIAS = 'sup.port@gmail.com'
const DAY_MS = 86_400_000
let platform: Platform
let mailbox: SignedInMailbox
let api: ApiOfPlatform
let ref: { accountId: number; inboxId: number }
let link: string

beforeAll(async () => {
  mailbox = await startSignedInMailbox('google', { address: ADDRESS })
  platform = await startPlatform({
    channels: mailbox.channels,
    tuning: { idleCheckMs: 500 },
  })
  api = await apiOf(platform)
  mailbox.provider.redirectUris.push(`${api.publicUrl}/oauth/google/callback`)
  mailbox.deliver(mail('old'))
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
const browse = () => consentBrowser(api.app, mailbox.provider)
const shown = async () => (await api.get(`/inboxes/${ref.inboxId}`)).body
const stored = async (text: string) =>
  (await platform.messages(ref)).filter(({ content }) => content.includes(text))
const waitForState = (state: string) =>
  waitFor(async () => (await shown()).state === state, { what: state })
const timeline = () =>
  platform.db
    .selectFrom('timeline')
    .selectAll()
    .where('inbox_id', '=', ref.inboxId)
    .orderBy('id')
    .execute()

test('a new inbox waits for somebody to sign in, behind a link that is told once', async () => {
  const made = await api.post('/inboxes', { channel: 'google', name: 'Support', address: ADDRESS })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    state: 'connecting',
    channel: 'google',
    settings: { address: ADDRESS, folders: ['INBOX'], sync_sent: false },
    authorization: { url: expect.stringMatching(/\/connect\/[\w-]{43}$/) },
    notices: [{ code: 'google_beta' }, { code: 'google_inbox_only' }],
  })
  link = made.body.authorization.url
  ref = { accountId: platform.accountId, inboxId: made.body.id }
  expect(JSON.stringify(await shown())).not.toContain(link.split('/').at(-1))
})

test('our page says what is connected to what, and leads on by one button', async () => {
  const browser = browse()
  const page = await browser.open(link)
  expect(page.status).toBe(200)
  for (const name of [ADDRESS, 'Shop', 'Google']) expect(textOf(page)).toContain(name)
  expect(page.headers).toMatchObject({
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
  expect(new URL(browser.buttonOf(page)).searchParams.get('login_hint')).toBe(ADDRESS)
})

test('a callback in a browser that never saw our page is refused', async () => {
  const back = await browse().consent(link)
  const page = await browse().open(back)
  expect(page.status).toBe(410)
  expect((await shown()).state).toBe('connecting')
})

test('who signs in as somebody else is told both names, and nothing is connected', async () => {
  mailbox.provider.visitor = { email: 'bruno@shop.test' }
  const page = await browse().signIn(link)
  expect(page.status).toBe(422)
  expect(textOf(page)).toMatch(/bruno@shop\.test.*support@gmail\.com/s)
  await waitFor(async () => (await shown()).health.receive.reason === 'wrong_account', {
    what: 'the reason',
  })
  expect((await timeline()).map(({ kind }) => kind)).toContain('wrong_account')
  expect(await shown()).toMatchObject({ state: 'connecting', attention: 'red' })
})

test('a state is good for once, also when two callbacks race', async () => {
  const { body } = await api.post(`/inboxes/${ref.inboxId}/authorize`)
  link = body.authorization.url
  mailbox.provider.visitor = { email: ADDRESS, denies: true }
  const browser = browse()
  const back = await browser.consent(link)
  const pages = await Promise.all([browser.open(back), browser.open(back)])
  expect(pages.map(({ status }) => status).sort()).toEqual([410, 422])
  expect((await browser.open(link)).status).toBe(410)
})

test('a new link ends the one before it', async () => {
  const first = (await api.post(`/inboxes/${ref.inboxId}/authorize`)).body.authorization.url
  const second = (await api.post(`/inboxes/${ref.inboxId}/reconnect`)).body.authorization.url
  expect((await browse().open(first)).status).toBe(410)
  expect((await browse().open(second)).status).toBe(200)
  link = second
})

test('after the right sign-in history is imported in silence and the mailbox is kept in sync', async () => {
  mailbox.provider.visitor = { email: ADDRESS }
  const page = await browse().signIn(link)
  expect(page.status).toBe(200)
  await waitForState('active')
  expect(await stored('Text of old')).toMatchObject([{ origin: 'history' }])
  mailbox.deliver(mail('new'))
  await waitFor(async () => (await stored('Text of new'))[0], { what: 'the new mail' })
  expect(await shown()).toMatchObject({
    attention: 'none',
    health: { receive: { status: 'ok' }, send: { status: 'ok' } },
  })
})

test('an answer goes out with the same access, and the provider files it', async () => {
  const { body } = await api.get(`/conversations?inbox_id=${ref.inboxId}`)
  const conversation = body.data[0]
  await api.post(`/conversations/${conversation.id}/messages`, { content: 'Our answer' })
  const [sent] = await mailbox.smtp.waitFor(1)
  expect(sent).toMatchObject({ from: ADDRESS, user: ADDRESS })
  await waitFor(async () => (await stored('Our answer'))[0]?.status === 'sent', { what: 'sent' })
})

test('an access token that ended early is renewed once, and nothing is lost', async () => {
  const { provider } = mailbox
  const before = provider.refreshes.length
  provider.endAccessTokens()
  await mailbox.imap.kick(ADDRESS)
  mailbox.deliver(mail('while it had ended'))
  await waitFor(async () => (await stored('while it had ended'))[0], { what: 'the mail' })
  expect(provider.refreshes.length - before).toBe(1)
  expect((await shown()).attention).toBe('none')
})

test('an identity provider that is away is amber at most, and heals by itself', async () => {
  const { provider } = mailbox
  provider.down = true
  provider.endAccessTokens()
  await mailbox.imap.kick(ADDRESS)
  await waitFor(async () => (await shown()).health.receive.status === 'retrying', {
    what: 'retrying',
  })
  expect((await shown()).state).toBe('active')
  mailbox.deliver(mail('during the outage'))
  provider.down = false
  await api.post(`/inboxes/${ref.inboxId}/sync`)
  await waitFor(async () => (await stored('during the outage'))[0], { what: 'the mail' })
})

test('revoked access turns the inbox red once, for both directions', async () => {
  mailbox.provider.revoke(ADDRESS)
  await mailbox.imap.kick(ADDRESS)
  await waitForState('reauthorization_required')
  const { body } = await api.get(`/conversations?inbox_id=${ref.inboxId}`)
  await api.post(`/conversations/${body.data[0].id}/messages`, { content: 'While red' })
  const incidents = (await api.get(`/inboxes/${ref.inboxId}/incidents`)).body.data
  const open = incidents.filter((one: { closed_at: string | null }) => one.closed_at === null)
  expect(open).toMatchObject([{ direction: 'receive', reason: 'access_revoked' }])
  expect(open[0].evidence).toMatch(/expired or revoked/)
  expect(mailbox.smtp.received.some(({ raw }) => raw.includes('While red'))).toBe(false)
})

test('reconnecting with another account changes nothing', async () => {
  const url = (await api.post(`/inboxes/${ref.inboxId}/reconnect`)).body.authorization.url
  mailbox.provider.visitor = { email: 'bruno@shop.test' }
  expect((await browse().signIn(url)).status).toBe(422)
  expect((await shown()).health.receive.reason).toBe('access_revoked')
})

test('reconnecting recovers the gap as live work, closes the incident and sends what waited', async () => {
  mailbox.deliver(mail('in the gap'))
  const url = (await api.post(`/inboxes/${ref.inboxId}/reconnect`)).body.authorization.url
  mailbox.provider.visitor = { email: ADDRESS }
  const page = await browse().signIn(url)
  expect(page.status).toBe(200)
  expect((await shown()).state).toBe('active')
  await waitFor(async () => (await stored('in the gap'))[0], { what: 'the gap' })
  expect(await stored('in the gap')).toMatchObject([{ origin: 'live' }])
  await waitFor(() => mailbox.smtp.received.some(({ raw }) => raw.includes('While red')), {
    what: 'the answer that waited',
  })
  const incidents = (await api.get(`/inboxes/${ref.inboxId}/incidents`)).body.data
  expect(incidents.every((one: { closed_at: string | null }) => one.closed_at)).toBe(true)
  expect(incidents[0]).toMatchObject({ reason: 'access_revoked', recovered: 1 })
  expect(await timeline()).toContainEqual(
    expect.objectContaining({ kind: 'reconnected', actor_user_id: platform.administratorId }),
  )
})

test('no history holds a token, a code, a state or an address', async () => {
  const secrets = [...mailbox.provider.secrets(), link.split('/').at(-1)!, ADDRESS, 'bruno@']
  for await (const { workflowId, runId } of platform.client.workflow.list()) {
    const handle = platform.client.workflow.getHandle(workflowId, runId)
    const history = JSON.stringify(await handle.fetchHistory(), (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString() : value,
    )
    for (const secret of secrets) {
      expect(history.includes(secret), `${workflowId}: ${secret}`).toBe(false)
      expect(history.includes(Buffer.from(secret).toString('base64').slice(0, -4))).toBe(false)
    }
  }
})

test('access that rests while an inbox is paused is renewed by a timer of its workflow', async () => {
  const { db, vault, temporal } = platform
  await api.post(`/inboxes/${ref.inboxId}/pause`)
  const { accountId, inboxId } = ref
  const held = (await readCredentials(db, vault, accountId, inboxId)) as OAuthCredentials
  const minted_at = new Date(Date.now() - 61 * DAY_MS).toISOString()
  await writeCredentials(db, vault, ref, { ...held, minted_at }, new Date())
  await db
    .updateTable('credentials')
    .set({ keep_alive_at: new Date(Date.now() + 2_000) })
    .where('inbox_id', '=', inboxId)
    .execute()
  const before = mailbox.provider.refreshes.length
  await temporal.wakeInbox(ref, { stalled: false })
  await waitFor(() => mailbox.provider.refreshes.length > before, { what: 'a renewal' })
  const isKept = async () => (await keepAliveAt(db, ref))!.getTime() > Date.now() + 59 * DAY_MS
  await waitFor(isKept, { what: 'the next one to be months away' })
  await api.post(`/inboxes/${ref.inboxId}/resume`)
  await waitForState('active')
  expect(mailbox.provider.refreshes.length).toBe(before + 1)
})

test('access is not given back while another inbox uses the account', async () => {
  const { body } = await api.post('/inboxes', { channel: 'google', name: 'Two', address: ALIAS })
  expect((await browse().signIn(body.authorization.url)).status).toBe(200)
  const second = async () => (await api.get(`/inboxes/${body.id}`)).body
  await waitFor(async () => (await second()).state === 'active', { what: 'the second inbox' })
  await api.remove(`/inboxes/${body.id}`)
  expect((await second()).state).toBe('disconnected')
  expect(mailbox.provider.revocations).toBe(0)
  await mailbox.imap.kick(ADDRESS)
  mailbox.deliver(mail('after the other one went'))
  await waitFor(async () => (await stored('after the other one went'))[0], { what: 'the mail' })
})

test('disconnecting gives the access back', async () => {
  await api.remove(`/inboxes/${ref.inboxId}`)
  expect(mailbox.provider.revocations).toBe(1)
  expect(await platform.db.selectFrom('credentials').selectAll().execute()).toEqual([])
})
