// What providers said to logins, and what each means.
import { expect, test } from 'vitest'
import { classifyImap } from '../../../protocols/imap/classify.ts'
import { connectImap } from '../../../protocols/imap/connect.ts'
import { scriptedImap } from './scripted-imap.ts'

const policy = { allowHosts: ['127.0.0.1'] }

async function faultOf(script: { login?: string; greeting?: string }) {
  const server = await scriptedImap(script)
  try {
    const client = await connectImap({
      host: '127.0.0.1',
      port: server.port,
      encryption: 'none',
      certificate: 'peer',
      auth: { user: 'ana@example.test', pass: 'secret-password' },
      policy,
    })
    client.close()
    return undefined
  } catch (error) {
    return classifyImap(error)
  } finally {
    server.close()
  }
}

test.each([
  ['NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)', 'credentials_refused'],
  ['NO [EXPIRED] Password expired', 'credentials_refused'],
  ['NO [AUTHORIZATIONFAILED] Not allowed to act for this user', 'credentials_refused'],
  ['NO LOGIN failed.', 'login_refused'],
  ['NO AUTHENTICATE failed.', 'login_refused'],
  ['NO [UNAVAILABLE] Temporary authentication failure.', 'server_unavailable'],
  ['NO [INUSE] Mailbox in use', 'server_unavailable'],
  ['NO [SERVERBUG] Internal error', 'server_unavailable'],
  ['NO [CONTACTADMIN] Ask your administrator', 'server_unavailable'],
  ['NO [ALERT] Lookup failed, try again later', 'server_unavailable'],
  ['NO [LIMIT] Maximum number of connections exceeded', 'too_many_connections'],
  ['NO [ALERT] Too many simultaneous connections. (Failure)', 'too_many_connections'],
  [
    'NO [ALERT] Application-specific password required: https://support.google.com/x (Failure)',
    'needs_app_password',
  ],
  ['NO [ALERT] Please log in via your web browser: https://x (Failure)', 'provider_challenge'],
  [
    'NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page',
    'imap_disabled',
  ],
  [
    'NO [WEBALERT https://accounts.google.com/x] Web login required (Failure)',
    'provider_challenge',
  ],
  ['NO IMAP access is disabled for your domain', 'imap_disabled'],
  ['NO Basic authentication is disabled.', 'needs_oauth'],
  ['BAD User is authenticated but not connected.', 'mailbox_refused'],
  ['NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)', 'over_quota'],
])('login answered "%s" is %s', async (login, kind) => {
  const fault = await faultOf({ login })
  expect(fault?.kind).toBe(kind)
  expect(fault?.evidence).not.toContain('secret-password')
})

test.each([
  ['* BYE Too many connections from your address', 'too_many_connections'],
  ['* BYE Server shutting down', 'server_unavailable'],
])('greeting "%s" is %s', async (greeting, kind) => {
  expect((await faultOf({ greeting }))?.kind).toBe(kind)
})

test('an exceeded Gmail quota parks the mailbox for a day', async () => {
  const fault = await faultOf({
    login: 'NO [OVERQUOTA] Account exceeded command or bandwidth limits',
  })
  expect(fault?.retryAfterMs).toBe(86_400_000)
})

test('a throttled command is repeated after the delay the server names', async () => {
  const login = 'BAD Request is throttled. Suggested Backoff Time: 250 milliseconds'
  expect(await faultOf({ login })).toMatchObject({ kind: 'throttled', retryAfterMs: 250 })
})
