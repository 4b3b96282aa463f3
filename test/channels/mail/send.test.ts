// Sending: what is certain, what is ambiguous, and what each refusal means.
import { Readable } from 'node:stream'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import type { OutboundMessage } from '../../../channels/channel.ts'
import { emailAccount } from '../../../channels/email/index.ts'
import { AmbiguousSend, ChannelError } from '../../../channels/errors.ts'
import { sendFromAccount } from '../../../channels/mail/send.ts'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'
import { type SmtpScript, scriptedSmtp } from '../../protocols/smtp/scripted-smtp.ts'

const SECRET = 'planted-secret'
const policy = { allowHosts: ['127.0.0.1'] }
const opened: (() => void)[] = []
afterEach(() => {
  for (const close of opened.splice(0)) close()
})

const message: OutboundMessage = {
  sourceId: 'our-1@inbox.test',
  to: [{ name: 'Zoë', address: 'zoe@example.test' }],
  subject: 'Olá, tudo bem?',
  text: 'Linha um\n.\nLinha três: ção',
  inReplyTo: 'parent@x.test',
  references: ['parent@x.test', 'grand@x.test'],
  attachments: [],
  automatic: false,
}

function access(port: number, authentication: 'login' | 'plain' | 'cram_md5' = 'plain') {
  const server = { host: '127.0.0.1', port, login: 'ana@inbox.test', encryption: 'none' as const }
  return emailAccount({
    settings: {
      address: 'ana@inbox.test',
      smtp: { ...server, certificate: 'none' as const, authentication },
      folders: ['INBOX'],
      sync_sent: true,
    },
    credentials: { smtp_password: SECRET },
    policy,
  })
}

async function attempt(script: SmtpScript, outgoing = message) {
  const server = await scriptedSmtp(script)
  opened.push(server.close)
  let transmitting = false
  const hooks = {
    async onTransmitting() {
      transmitting = true
      server.heard.push('TRANSMITTING')
    },
  }
  const sent = sendFromAccount(access(server.port), outgoing, hooks, { fromName: 'Ana & Cia' })
  const outcome = await sent.catch((error) => error)
  return { outcome, transmitting, heard: server.heard }
}

test('a sent mail says who, to whom, and in answer to what', async () => {
  const { outcome } = await attempt({})
  expect(outcome).toMatchObject({
    externalId: 'our-1@inbox.test',
    response: '250 2.0.0 queued as 123',
    rejected: [],
  })
  const mail = await parseMail(outcome.raw)
  expect(mail).toMatchObject({
    messageId: 'our-1@inbox.test',
    inReplyTo: ['parent@x.test'],
    references: ['grand@x.test', 'parent@x.test'],
    from: { name: 'Ana & Cia', address: 'ana@inbox.test' },
    to: [{ name: 'Zoë', address: 'zoe@example.test' }],
    subject: 'Olá, tudo bem?',
    nature: 'person',
  })
  expect(mail.text.trim()).toBe('Linha um\n.\nLinha três: ção')
})

test('what an automation wrote says so, so that no robot answers', async () => {
  const { outcome } = await attempt({}, { ...message, automatic: true })
  expect((await parseMail(outcome.raw)).nature).toBe('auto_reply')
})

test('attachments go along', async () => {
  const open = () => Readable.from([Buffer.from('%PDF'), Buffer.from('-1.7')])
  const attachments = [{ fileName: 'Relatório.pdf', contentType: 'application/pdf', open }]
  const { outcome } = await attempt({}, { ...message, attachments })
  const [attachment] = (await parseMail(outcome.raw)).attachments
  expect(attachment).toMatchObject({ fileName: 'Relatório.pdf', contentType: 'application/pdf' })
  expect(attachment!.content!.toString()).toBe('%PDF-1.7')
})

test('transmitting is announced after the 354 and before the first byte', async () => {
  const { heard } = await attempt({})
  const body = heard.findIndex((line) => line.startsWith('BODY'))
  expect(heard.indexOf('TRANSMITTING')).toBe(body - 1)
  expect(heard.indexOf('TRANSMITTING')).toBeGreaterThan(heard.indexOf('DATA'))
})

test('when transmitting cannot be recorded nothing goes out', async () => {
  const server = await scriptedSmtp()
  opened.push(server.close)
  const sent = sendFromAccount(access(server.port), message, {
    onTransmitting: () => Promise.reject(new Error('database gone')),
  })
  await expect(sent).rejects.toThrow()
  expect(server.heard.some((line) => line.startsWith('BODY'))).toBe(false)
})

describe('certain failures', () => {
  test.each<[SmtpScript, string, string]>([
    [{ greeting: '421 4.3.2 try later' }, 'Unavailable', 'server_unavailable'],
    [{ greeting: 'hangup' }, 'Unavailable', 'connection_lost'],
    [
      { auth: '535 5.7.8 Username and Password not accepted' },
      'ReauthorizationRequired',
      'wrong_password',
    ],
    [
      { auth: '534-5.7.9 Application-specific password required\r\n534 5.7.9 x' },
      'ActionRequired',
      'needs_app_password',
    ],
    [
      {
        auth: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant',
      },
      'ActionRequired',
      'smtp_auth_disabled',
    ],
    [
      {
        auth: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox',
      },
      'ActionRequired',
      'smtp_auth_disabled',
    ],
    [
      { auth: '535 5.7.3 Authentication unsuccessful' },
      'ReauthorizationRequired',
      'wrong_password',
    ],
    [{ mail: '550 5.4.5 Daily user sending limit exceeded' }, 'RateLimited', 'over_quota'],
    [
      { auth: '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.' },
      'ActionRequired',
      'needs_oauth',
    ],
    [
      { auth: '550 5.7.30 Basic authentication is not supported for Client Submission' },
      'ActionRequired',
      'needs_oauth',
    ],
    [
      { auth: '454 4.7.0 Too many login attempts, please try again later' },
      'RateLimited',
      'too_many_connections',
    ],
    [
      { auth: '432 4.3.2 concurrent connection limit exceeded' },
      'RateLimited',
      'too_many_connections',
    ],
    [{ auth: '454 4.7.0 Temporary authentication failure' }, 'Unavailable', 'server_unavailable'],
    [
      { mail: '550 5.7.60 Client does not have permissions to send as this sender' },
      'MessageRejected',
      'sender_refused',
    ],
    [{ rcpt: '550 5.1.1 No such user' }, 'MessageRejected', 'recipient_refused'],
    [{ rcpt: '450 4.2.1 Greylisted' }, 'Unavailable', 'server_unavailable'],
    [{ mail: '530 5.7.0 Must issue a STARTTLS command first' }, 'ActionRequired', 'tls_required'],
    [{ data: '550 5.4.5 Daily user sending limit exceeded' }, 'RateLimited', 'over_quota'],
    [{ mail: 'hangup' }, 'Unavailable', 'connection_lost'],
    [{ data: 'hangup' }, 'Unavailable', 'connection_lost'],
    [{ end: '554 5.7.1 Spam' }, 'MessageRejected', 'message_refused'],
    [{ end: '552 5.3.4 Too large' }, 'MessageRejected', 'message_too_large'],
    [{ end: '451 4.3.0 try again' }, 'Unavailable', 'server_unavailable'],
  ])('%j is %s, %s', async (script, kind, reason) => {
    const { outcome } = await attempt(script)
    expect(outcome).toBeInstanceOf(ChannelError)
    expect([outcome.kind, outcome.details.reason]).toEqual([kind, reason])
    expect(JSON.stringify(outcome) + outcome.stack).not.toContain(SECRET)
  })
})

test('Exchange’s refusal of a token asks for a fresh one', async () => {
  const auth = '535 5.7.3 Authentication unsuccessful'
  const server = await scriptedSmtp({ ehlo: '250-test\r\n250 AUTH XOAUTH2', auth })
  opened.push(server.close)
  const account = access(server.port)
  const token = { user: 'ana@inbox.test', accessToken: SECRET }
  const signedIn = { ...account, smtp: { ...account.smtp!, auth: token } }
  const sent = sendFromAccount(signedIn, message, { onTransmitting: async () => undefined })
  await expect(sent).rejects.toMatchObject({
    kind: 'Unavailable',
    details: { reason: 'token_refused' },
  })
})

test('a connection lost after the body is ambiguous', async () => {
  const { outcome, transmitting } = await attempt({ end: 'hangup' })
  expect(outcome).toBeInstanceOf(AmbiguousSend)
  expect(transmitting).toBe(true)
})

test('a server that never answers the body is ambiguous after its time', async () => {
  const server = await scriptedSmtp({ end: 'silence' })
  opened.push(server.close)
  const account = access(server.port)
  const impatient = { ...account, smtp: { ...account.smtp!, replyTimeoutMs: 300 } }
  const sent = sendFromAccount(impatient, message, {
    onTransmitting: async () => undefined,
  })
  await expect(sent).rejects.toThrow(AmbiguousSend)
})

test.each(['login', 'plain', 'cram_md5'] as const)('logs in by %s', async (method) => {
  const seen: string[] = []
  const server = new SMTPServer({
    authMethods: ['LOGIN', 'PLAIN', 'CRAM-MD5'],
    disabledCommands: ['STARTTLS'],
    hideENHANCEDSTATUSCODES: true,
    onAuth(auth, _session, done) {
      seen.push(auth.method)
      const right =
        auth.method === 'CRAM-MD5' ? auth.validatePassword(SECRET) : auth.password === SECRET
      done(right ? null : new Error('no'), right ? { user: 'ana' } : undefined)
    },
    onData(stream, _session, done) {
      stream.resume()
      stream.on('end', () => done())
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => server.close())
  const { port } = server.server.address() as { port: number }
  await sendFromAccount(access(port, method), message, { onTransmitting: async () => undefined })
  expect(seen).toEqual([{ login: 'LOGIN', plain: 'PLAIN', cram_md5: 'CRAM-MD5' }[method]])
})

test('a server without the chosen method gets one it offers', async () => {
  const { outcome, heard } = await attempt({ ehlo: '250-test\r\n250 AUTH PLAIN' })
  expect(outcome).toMatchObject({ rejected: [] })
  const server = await scriptedSmtp({ ehlo: '250-test\r\n250 AUTH PLAIN' })
  opened.push(server.close)
  await sendFromAccount(access(server.port, 'cram_md5'), message, {
    onTransmitting: async () => undefined,
  })
  expect(heard).toContain('AUTH')
})
