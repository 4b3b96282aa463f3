// Every way a connection fails, against real servers: the stage at fault, its reason and its causes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StageResult } from '../../../channels/channel.ts'
import { type EmailSettings, openMailbox, preflight } from '../../../channels/email/index.ts'
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
  for await (const stage of preflight(settings, credentials, policy)) stages.push(stage)
  expect(JSON.stringify(stages)).not.toContain(password)
  return stages
}

const lastOf = async (settings: EmailSettings, password?: string) =>
  (await stagesOf(settings, password)).at(-1)

const reasonOf = async (settings: EmailSettings, password = SECRET) => {
  const opened = openMailbox({ settings, credentials: { imap_password: password }, policy })
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
    ['NO LOGIN failed.', 'login_refused'],
    ['NO [ALERT] Application-specific password required', 'needs_app_password'],
    ['NO [ALERT] Your account is not enabled for IMAP use', 'imap_disabled'],
    ['NO [ALERT] Please log in via your web browser', 'provider_challenge'],
    ['NO Basic authentication is disabled.', 'needs_oauth'],
  ])('the login answered "%s" gives %s', async (login, reason) => {
    const server = await scriptedImap({ login })
    const last = await lastOf(imapOf(server.port))
    server.close()
    expect(last).toMatchObject({ stage: 'login', ok: false, reason, evidence: expect.any(String) })
    expect(last!.causes).not.toEqual([])
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
    const last = await lastOf(imapOf(plain.server.port, { encryption: 'starttls' }))
    expect(last).toMatchObject({ stage: 'tls', ok: false })
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
    expect(server.heard).not.toContain('DATA')
  })

  test.each([
    [{ greeting: '554 go away' }, 'smtp_ehlo', 'server_unavailable'],
    [{ auth: '535 5.7.8 no' }, 'smtp_auth', 'wrong_password'],
    [
      { auth: '535 5.7.139 SmtpClientAuthentication is disabled for the Mailbox' },
      'smtp_auth',
      'smtp_auth_disabled',
    ],
    [{ mail: '553 5.7.1 not owned by user' }, 'smtp_mail_from', 'sender_refused'],
  ])('%j fails at %s: %s', async (script, stage, reason) => {
    const server = await scriptedSmtp(script)
    const last = await lastOf(smtpOf(server.port))
    server.close()
    expect(last).toMatchObject({ stage, ok: false, reason })
  })

  test('a server without STARTTLS is told at that stage', async () => {
    const server = await scriptedSmtp()
    const last = await lastOf(smtpOf(server.port, { encryption: 'starttls' }))
    server.close()
    expect(last).toMatchObject({ stage: 'smtp_starttls', ok: false, reason: 'tls_failed' })
  })
})
