// What a provider's words mean to an inbox: every text known of IMAP servers, and its kind. Those of
// SMTP servers are in send.test.ts.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { emailAccount } from '../../../channels/email/index.ts'
import { openMailbox } from '../../../channels/mail/mailbox.ts'
import {
  answeringProxy,
  type ImapScript,
  type Scripted,
  scriptedImap,
} from '../../protocols/imap/scripted-imap.ts'
import { dovecotInbox, mailOf, policy, SECRET } from './dovecot-inbox.ts'

let inbox: Awaited<ReturnType<typeof dovecotInbox>>
const servers: Scripted[] = []
beforeAll(async () => {
  inbox = await dovecotInbox()
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
afterAll(() => inbox?.stop())

const DAY = 86_400_000
const MINUTE = 60_000

test.each<[string, string, string, number?]>([
  [
    'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)',
    'ReauthorizationRequired',
    'wrong_password',
  ],
  [
    'NO [AUTHORIZATIONFAILED] Not allowed to act for this user',
    'ReauthorizationRequired',
    'wrong_password',
  ],
  ['NO [EXPIRED] Password expired', 'ReauthorizationRequired', 'wrong_password'],
  // A bare NO proves something only when it comes twice.
  ['NO AUTHENTICATE failed.', 'Unavailable', 'login_refused', MINUTE],
  ['NO LOGIN failed.', 'Unavailable', 'login_refused', MINUTE],
  ['NO [UNAVAILABLE] Temporary authentication failure.', 'Unavailable', 'server_unavailable'],
  ['NO [INUSE] Mailbox in use', 'Unavailable', 'server_unavailable'],
  ['NO [SERVERBUG] Internal error', 'Unavailable', 'server_unavailable'],
  ['NO [CONTACTADMIN] Ask your administrator', 'Unavailable', 'server_unavailable'],
  ['NO [ALERT] Lookup failed, try again later', 'Unavailable', 'server_unavailable'],
  ['NO Temporary failure', 'Unavailable', 'server_unavailable'],
  ['BAD User is authenticated but not connected.', 'Unavailable', 'mailbox_refused'],
  [
    'NO [LIMIT] Maximum number of connections exceeded',
    'RateLimited',
    'too_many_connections',
    5 * MINUTE,
  ],
  [
    'NO [ALERT] Too many simultaneous connections. (Failure)',
    'RateLimited',
    'too_many_connections',
    5 * MINUTE,
  ],
  [
    'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)',
    'RateLimited',
    'over_quota',
    DAY,
  ],
  ['NO Account exceeded bandwidth limits', 'RateLimited', 'over_quota', DAY],
  [
    'BAD Request is throttled. Suggested Backoff Time: 250 milliseconds',
    'RateLimited',
    'throttled',
    250,
  ],
  [
    'NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)',
    'ActionRequired',
    'needs_app_password',
  ],
  [
    'NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page',
    'ActionRequired',
    'imap_disabled',
  ],
  ['NO IMAP access is disabled for your domain', 'ActionRequired', 'imap_disabled'],
  [
    'NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)',
    'ActionRequired',
    'provider_challenge',
  ],
  [
    'NO [WEBALERT https://accounts.google.com/signin/continue] Web login required. (Failure)',
    'ActionRequired',
    'provider_challenge',
  ],
  ['NO Basic authentication is disabled.', 'ActionRequired', 'needs_oauth'],
])('login answered "%s" is %s, %s', async (login, kind, reason, retryAfterMs) => {
  expect(await meaningOf({ login })).toEqual({ kind, reason, retryAfterMs })
})

test.each([
  [
    '* BYE Too many connections from your address',
    'RateLimited',
    'too_many_connections',
    5 * MINUTE,
  ],
  ['* BYE Server shutting down', 'Unavailable', 'server_unavailable', undefined],
])('greeting "%s" is %s, %s', async (greeting, kind, reason, retryAfterMs) => {
  expect(await meaningOf({ greeting })).toEqual({ kind, reason, retryAfterMs })
})

const INVALID = 'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)'
const gmail = (status: string) => ({
  status,
  schemes: 'Bearer',
  scope: 'https://mail.google.com/',
})

// A token is no password: whether access has ended, only a fresh one tells.
test.each<[string, string, NonNullable<ImapScript['mechanism']>, object?]>([
  ['Gmail', INVALID, 'XOAUTH2', gmail('400')],
  ['Gmail', INVALID, 'XOAUTH2', gmail('401')],
  ['Gmail', INVALID, 'OAUTHBEARER', { ...gmail('401'), status: 'invalid_request' }],
  ['Dovecot', 'NO [AUTHENTICATIONFAILED] x', 'OAUTHBEARER', { status: 'invalid_token' }],
  ['Exchange', 'NO AUTHENTICATE failed.', 'XOAUTH2'],
])('%s’s "%s" to a token by %s (%j) asks for a fresh one', async (_, login, mechanism, refusal) => {
  const script = { login, mechanism, ...(refusal ? { refusal } : {}) }
  const meaning = await meaningOf(script, { user: 'ana@inbox.test', accessToken: SECRET })
  expect(meaning).toMatchObject({ kind: 'Unavailable', reason: 'token_refused' })
})

async function meaningOf(script: ImapScript, auth?: { user: string; accessToken: string }) {
  const server = await scriptedImap(script)
  servers.push(server)
  const settings = inbox.settingsOf('ana@inbox.test', server.port)
  const account = emailAccount({ settings, credentials: { imap_password: SECRET }, policy })
  if (auth) account.imap = { ...account.imap!, auth }
  return kindOf(await openMailbox(account).catch((error: unknown) => error))
}

function kindOf(error: unknown) {
  const { kind, details } = error as { kind: string; details: Record<string, unknown> }
  return { kind, reason: details.reason, retryAfterMs: details.retryAfterMs }
}

test.each([
  ['NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)', 'over_quota', DAY],
  ['BAD Request is throttled. Suggested Backoff Time: 300 milliseconds', 'throttled', 300],
])('"%s" to any command says the same', async (words, reason, retryAfterMs) => {
  const proxy = await answeringProxy(inbox.server.port, (line) =>
    /UID (?:SEARCH|FETCH)/i.test(line) ? words : undefined,
  )
  servers.push(proxy)
  const mailbox = await inbox.open(inbox.newAddress(), { port: proxy.port })
  const failed = await mailbox.pullLive(undefined, { limit: 1 }).catch((error: unknown) => error)
  expect(kindOf(failed)).toEqual({ kind: 'RateLimited', reason, retryAfterMs })
  await mailbox.close()
})

test('a quota that ends while mails are read makes none of them unreadable', async () => {
  const address = inbox.newAddress()
  for (let n = 1; n <= 5; n++) inbox.server.deliver(address, mailOf(n))
  const words = 'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)'
  const proxy = await answeringProxy(inbox.server.port, (line) =>
    /UID FETCH/i.test(line) ? words : undefined,
  )
  servers.push(proxy)
  const mailbox = await inbox.open(address, { port: proxy.port })
  const cursor = await mailbox.planHistory({ window: { kind: 'all' }, watermark: mailbox.status() })
  const failed = await mailbox.pullHistory(cursor, { limit: 5 }).catch((error: unknown) => error)
  expect(kindOf(failed)).toEqual({ kind: 'RateLimited', reason: 'over_quota', retryAfterMs: DAY })
  await mailbox.close()
})
