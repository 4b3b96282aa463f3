// Every way a connection fails, against real servers: the stage at fault, its reason and its causes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StageResult } from '../../../channels/channel.ts'
import { type EmailSettings, emailAccount } from '../../../channels/email/index.ts'
import { openMailbox } from '../../../channels/mail/mailbox.ts'
import { preflight } from '../../../channels/mail/preflight.ts'
import { hints } from '../../../locales/hints.ts'
import { texts } from '../../../locales/texts.ts'
import { freePort } from '../../../scripts/servers/ports.ts'
import { scriptedImap } from '../../protocols/imap/scripted-imap.ts'
import { scriptedSmtp } from '../../protocols/smtp/scripted-smtp.ts'
import { dovecotInbox, policy, SECRET } from './dovecot-inbox.ts'

type Inbox = Awaited<ReturnType<typeof dovecotInbox>>
let plain: Inbox
let implicit: Inbox
let starttls: Inbox

beforeAll(async () => {
  plain = await dovecotInbox({ maxConnectionsPerUser: 2 })
  implicit = await dovecotInbox({ tls: 'implicit' })
  starttls = await dovecotInbox({ tls: 'starttls', refusePlaintext: true })
}, 60_000)
afterAll(() => Promise.all([plain.stop(), implicit.stop(), starttls.stop()]))

const ADDRESS = 'first@inbox.test'

function imapOf(port: number, changes: Partial<EmailSettings['imap']> = {}): EmailSettings {
  const imap = { host: '127.0.0.1', port, login: ADDRESS, encryption: 'none' as const, ...changes }
  return { address: ADDRESS, imap, folders: ['INBOX'], sync_sent: true }
}

async function stagesOf(settings: EmailSettings, password = SECRET): Promise<StageResult[]> {
  const stages: StageResult[] = []
  const credentials = { imap_password: password, smtp_password: password }
  for await (const stage of preflight(emailAccount({ settings, credentials, policy })))
    stages.push(stage)
  expect(JSON.stringify(stages)).not.toContain(password)
  for (const { ok, reason = '', evidence, causes = [] } of stages) {
    if (ok) continue
    expect(evidence, reason).toMatch(/\S/)
    expect(causes, reason).not.toEqual([])
    expect(texts.en.reasons).toHaveProperty(reason)
    for (const cause of causes) expect(hints).toHaveProperty(cause)
  }
  return stages
}

const lastOf = async (settings: EmailSettings, password?: string) =>
  (await stagesOf(settings, password)).at(-1)

const reasonOf = async (settings: EmailSettings, password = SECRET) => {
  const opened = openMailbox(
    emailAccount({ settings, credentials: { imap_password: password }, policy }),
  )
  const error = await opened.then(
    (mailbox) => mailbox.close(),
    (failure: unknown) => failure,
  )
  const { kind, details } = error as { kind: string; details: { reason: string } }
  return [kind, details?.reason]
}

describe('IMAP', () => {
  test('a right form passes every stage', async () => {
    const stages = await stagesOf(imapOf(plain.server.port))
    expect(stages.map(({ stage, ok }) => `${stage} ${ok}`)).toEqual([
      'dns true',
      'tcp true',
      'greeting true',
      'login true',
      'inbox true',
    ])
  })

  test('a wrong password is told at the login, with what may lie behind it', async () => {
    const last = await lastOf(imapOf(plain.server.port), 'another-wrong-word')
    expect(last).toMatchObject({ stage: 'login', ok: false, reason: 'wrong_password' })
    expect(last!.evidence).toMatch(/AUTHENTICATIONFAILED/)
    expect(last!.causes).toContain('address_is_a_group')
    expect(await reasonOf(imapOf(plain.server.port), 'another-wrong-word')).toEqual([
      'ReauthorizationRequired',
      'wrong_password',
    ])
  })

  test('a sick directory is not a wrong password', async () => {
    plain.server.setAuthBroken(true)
    try {
      expect(await reasonOf(imapOf(plain.server.port))).toEqual([
        'Unavailable',
        'server_unavailable',
      ])
    } finally {
      plain.server.setAuthBroken(false)
    }
  })

  test('one connection too many is a limit', async () => {
    const address = plain.newAddress()
    const mailboxes = [await plain.open(address), await plain.open(address)]
    await expect(plain.open(address)).rejects.toMatchObject({
      kind: 'RateLimited',
      details: { reason: 'too_many_connections' },
    })
    await Promise.all(mailboxes.map((mailbox) => mailbox.close()))
  })

  test.each([
    ['NO LOGIN failed.', 'login_refused', 'login_mistyped'],
    ['NO AUTHENTICATE failed.', 'login_refused', 'address_is_a_group'],
    ['NO [AUTHENTICATIONFAILED] Invalid credentials', 'wrong_password', 'login_mistyped'],
    ['NO [EXPIRED] Password expired', 'wrong_password', 'app_password_wanted'],
    [
      'NO [ALERT] Application-specific password required',
      'needs_app_password',
      'app_password_wanted',
    ],
    [
      'NO [ALERT] Your account is not enabled for IMAP use',
      'imap_disabled',
      'imap_disabled_by_admin',
    ],
    [
      'NO [ALERT] Please log in via your web browser',
      'provider_challenge',
      'provider_wants_a_browser_login',
    ],
    ['NO Basic authentication is disabled.', 'needs_oauth', 'sign_in_wanted'],
    ['NO [UNAVAILABLE] Temporary authentication failure.', 'server_unavailable', 'server_down'],
    ['BAD User is authenticated but not connected.', 'mailbox_refused', 'imap_switched_off'],
    [
      'NO [LIMIT] Maximum number of connections exceeded',
      'too_many_connections',
      'other_programs_connected',
    ],
    [
      'NO [ALERT] Too many simultaneous connections. (Failure)',
      'too_many_connections',
      'other_programs_connected',
    ],
    [
      'NO [OVERQUOTA] Account exceeded command or bandwidth limits.',
      'over_quota',
      'asked_too_often',
    ],
  ])('the login answered "%s" gives %s, maybe %s', async (login, reason, cause) => {
    const server = await scriptedImap({ login })
    const last = await lastOf(imapOf(server.port))
    server.close()
    expect(last).toMatchObject({ stage: 'login', ok: false, reason })
    expect(last!.causes).toContain(cause)
  })

  test('nobody listens', async () => {
    const last = await lastOf(imapOf(await freePort()))
    expect(last).toMatchObject({ stage: 'tcp', ok: false, reason: 'connection_refused' })
  })

  test('no such host', async () => {
    const last = await lastOf(imapOf(993, { host: 'imap.no-such-host.invalid' }))
    expect(last).toMatchObject({ stage: 'dns', ok: false, reason: 'host_not_found' })
  })

  test('a private host that no operator allowed', async () => {
    const last = await lastOf(imapOf(993, { host: '10.0.0.1' }))
    expect(last).toMatchObject({ stage: 'dns', ok: false, reason: 'host_not_allowed' })
  })

  test('a self-signed certificate fails when it is checked', async () => {
    const settings = imapOf(implicit.server.port, { encryption: 'tls', certificate: 'peer' })
    const last = await lastOf(settings)
    expect(last).toMatchObject({ stage: 'tls', ok: false, reason: 'certificate' })
    expect(await reasonOf(settings)).toEqual(['ActionRequired', 'certificate'])
  })

  test.each(['tls', 'starttls'] as const)('%s without check passes, unverified', async (kind) => {
    const { port } = (kind === 'tls' ? implicit : starttls).server
    const stages = await stagesOf(imapOf(port, { encryption: kind, certificate: 'none' }))
    expect(stages.every(({ ok }) => ok)).toBe(true)
    expect(stages.find(({ stage }) => stage === 'tls')).toMatchObject({ verified: false })
    expect(stages.at(-1)!.stage).toBe('inbox')
  })

  test('TLS spoken to a server without it', async () => {
    const last = await lastOf(imapOf(plain.server.port, { encryption: 'tls' }))
    expect(last).toMatchObject({ stage: 'tls', ok: false, reason: 'tls_failed' })
  })

  test('STARTTLS asked of a server without it never sends the password', async () => {
    const stages = await stagesOf(imapOf(plain.server.port, { encryption: 'starttls' }))
    expect(stages.map(({ stage }) => stage)).toEqual(['dns', 'tcp', 'greeting', 'tls'])
    expect(stages.at(-1)).toMatchObject({ ok: false, reason: 'starttls_not_offered' })
  })
})

describe('SMTP', () => {
  const smtpOf = (port: number, changes: Partial<EmailSettings['smtp']> = {}): EmailSettings => ({
    address: ADDRESS,
    smtp: {
      ...{ host: '127.0.0.1', port, login: ADDRESS, encryption: 'none', certificate: 'none' },
      authentication: 'login',
      ...changes,
    } as NonNullable<EmailSettings['smtp']>,
    folders: ['INBOX'],
    sync_sent: true,
  })

  test('a right form passes every stage and sends nothing', async () => {
    const server = await scriptedSmtp()
    const stages = await stagesOf(smtpOf(server.port))
    server.close()
    expect(stages.map(({ stage, ok }) => `${stage} ${ok}`)).toEqual([
      'smtp_dns true',
      'smtp_tcp true',
      'smtp_ehlo true',
      'smtp_auth true',
      'smtp_mail_from true',
    ])
    expect(server.heard.slice(-3)).toEqual(['MAIL', 'RCPT', 'RSET'])
  })

  test.each([
    [{ greeting: '554 go away' }, 'smtp_ehlo', 'server_unavailable'],
    [{ auth: '535 5.7.8 no' }, 'smtp_auth', 'wrong_password'],
    [
      { auth: '535 5.7.139 SmtpClientAuthentication is disabled for the Mailbox' },
      'smtp_auth',
      'smtp_auth_disabled',
    ],
    [
      { auth: '534 5.7.9 Application-specific password required.' },
      'smtp_auth',
      'needs_app_password',
    ],
    [
      { auth: '550 5.7.30 Basic authentication is not supported for Client Submission.' },
      'smtp_auth',
      'needs_oauth',
    ],
    [{ auth: '454 4.7.0 Too many login attempts' }, 'smtp_auth', 'too_many_connections'],
    [{ auth: '502 5.5.2 Command not recognized' }, 'smtp_auth', 'login_not_offered'],
    [{ auth: '504 5.7.4 Unrecognized authentication type' }, 'smtp_auth', 'login_not_offered'],
    [{ mail: '553 5.7.1 not owned by user' }, 'smtp_mail_from', 'sender_refused'],
    [
      { rcpt: '553 5.7.1 <a@b.test>: Sender address rejected: not owned by user x' },
      'smtp_mail_from',
      'sender_refused',
    ],
  ])('%j fails at %s: %s', async (script, stage, reason) => {
    const server = await scriptedSmtp(script)
    const last = await lastOf(smtpOf(server.port))
    server.close()
    expect(last).toMatchObject({ stage, ok: false, reason })
  })

  test('whether the server takes mail for the address is not the question', async () => {
    const server = await scriptedSmtp({ rcpt: '550 5.1.1 no such user here' })
    const last = await lastOf(smtpOf(server.port))
    server.close()
    expect(last).toEqual({ stage: 'smtp_mail_from', ok: true })
  })

  test.each([
    ['502 5.5.1 not implemented', 'starttls_not_offered'],
    ['454 4.7.0 TLS not available at the moment', 'tls_failed'],
  ])('STARTTLS answered "%s" is %s, and no password is sent', async (starttls, reason) => {
    const server = await scriptedSmtp({ starttls })
    const stages = await stagesOf(smtpOf(server.port, { encryption: 'starttls' }))
    server.close()
    expect(stages.at(-2)).toEqual({ stage: 'smtp_ehlo', ok: true })
    expect(stages.at(-1)).toMatchObject({ stage: 'smtp_starttls', ok: false, reason })
    expect(server.heard).not.toContain('AUTH')
  })
})
