// TLS that is really verified, for both protocols and both ways into it: against real servers whose
// certificates a private authority signed, by names that a DNS server of our own answers.
import { randomUUID } from 'node:crypto'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StageResult } from '../../../channels/channel.ts'
import { type EmailSettings, emailAccount } from '../../../channels/email/index.ts'
import { openMailbox } from '../../../channels/mail/mailbox.ts'
import { preflight } from '../../../channels/mail/preflight.ts'
import { sendFromAccount } from '../../../channels/mail/send.ts'
import type { SmtpServer } from '../../../scripts/servers/smtp.ts'
import { startSmtp } from '../../../scripts/servers/smtp.ts'
import { scriptedImap } from '../../protocols/imap/scripted-imap.ts'
import { type DnsServer, startDns } from '../../simulators/dns.ts'
import { startStrippingProxy } from '../../simulators/stripping-proxy.ts'
import { type PrivateCa, privateCa } from '../../support/private-ca.ts'
import { dovecotInbox, SECRET } from './dovecot-inbox.ts'

const ADDRESS = 'first@inbox.test'
const KINDS = ['tls', 'starttls'] as const
type Kind = (typeof KINDS)[number]
type Check = 'peer' | 'none'

let ca: PrivateCa
let dns: DnsServer
const stops: (() => unknown)[] = []
const ports: Record<'imap' | 'smtp', Record<Kind, Record<'good' | 'expired', number>>> = {
  imap: { tls: { good: 0, expired: 0 }, starttls: { good: 0, expired: 0 } },
  smtp: { tls: { good: 0, expired: 0 }, starttls: { good: 0, expired: 0 } },
}
let submission: SmtpServer

beforeAll(async () => {
  ca = await privateCa()
  dns = await startDns({
    'mail.shop.test': [{ type: 'A', address: '127.0.0.1' }],
    'alias.shop.test': [{ type: 'A', address: '127.0.0.1' }],
  })
  const names = ['mail.shop.test', '127.0.0.1']
  const certificates = { good: await ca.issue(names), expired: await ca.issue(names, { days: -1 }) }
  for (const kind of KINDS) {
    for (const age of ['good', 'expired'] as const) {
      const certificate = certificates[age]
      const tls = kind === 'tls' ? 'implicit' : 'starttls'
      const inbox = await dovecotInbox({ tls, certificate, refusePlaintext: true })
      const smtp = await startSmtp({ tls, certificate, users: { [ADDRESS]: SECRET } })
      ports.imap[kind][age] = inbox.server.port
      ports.smtp[kind][age] = smtp.port
      if (kind === 'starttls' && age === 'good') submission = smtp
      stops.push(
        () => inbox.stop(),
        () => smtp.stop(),
      )
    }
  }
  ca.trust()
}, 60_000)
afterAll(async () => {
  ca?.distrust()
  await Promise.all(stops.map((stop) => stop()))
  dns?.close()
  ca?.remove()
})

const policy = () => ({ allowHosts: ['127.0.0.1'], dnsServers: [dns.address] })
const credentials = { imap_password: SECRET, smtp_password: SECRET }
const accountOf = (settings: EmailSettings) =>
  emailAccount({ settings, credentials, policy: policy() })

interface Target {
  host?: string
  port: number
  encryption: Kind
  certificate: Check
}

function settingsOf(protocol: 'imap' | 'smtp', target: Target): EmailSettings {
  const { host = 'mail.shop.test', ...rest } = target
  const server = { host, login: ADDRESS, ...rest }
  return {
    address: ADDRESS,
    ...(protocol === 'imap' ? { imap: server } : { smtp: { ...server, authentication: 'login' } }),
    folders: ['INBOX'],
    sync_sent: true,
  }
}

async function tlsStageOf(protocol: 'imap' | 'smtp', target: Target): Promise<StageResult> {
  const stages: StageResult[] = []
  for await (const stage of preflight(accountOf(settingsOf(protocol, target)))) {
    stages.push(stage)
  }
  const stage = stages.find(
    ({ stage }) => stage === (protocol === 'imap' ? 'tls' : 'smtp_starttls'),
  )
  // Nothing comes after a handshake that failed; all comes after one that did not.
  if (stage?.ok) expect(stages.at(-1)).toMatchObject({ ok: true })
  else expect(stages.at(-1)).toBe(stage)
  return stage!
}

describe.each([
  ['imap', 'tls'],
  ['imap', 'starttls'],
  ['smtp', 'tls'],
  ['smtp', 'starttls'],
] as const)('%s by %s', (protocol, encryption) => {
  const good = () => ports[protocol][encryption].good
  const expired = () => ports[protocol][encryption].expired
  const stageOf = (target: Omit<Target, 'encryption'>) =>
    tlsStageOf(protocol, { ...target, encryption })
  const refused = { ok: false, reason: 'certificate' }

  test('a certificate of a trusted authority for the name is verified', async () => {
    expect(await stageOf({ port: good(), certificate: 'peer' })).toMatchObject({ verified: true })
  })

  test('so it is where nobody asked for the check, and the host can be held to it', async () => {
    expect(await stageOf({ port: good(), certificate: 'none' })).toMatchObject({ verified: true })
  })

  test('a host named by its address is verified by that', async () => {
    const stage = await stageOf({ host: '127.0.0.1', port: good(), certificate: 'peer' })
    expect(stage).toMatchObject({ verified: true })
  })

  test('a certificate for another name is refused, or passes unverified without the check', async () => {
    const target = { host: 'alias.shop.test', port: good() }
    const stage = await stageOf({ ...target, certificate: 'peer' })
    expect(stage).toMatchObject(refused)
    expect(stage.causes).toContain('wrong_host_name')
    expect(await stageOf({ ...target, certificate: 'none' })).toMatchObject({ verified: false })
  })

  test('an expired certificate is refused, or passes unverified without the check', async () => {
    const stage = await stageOf({ port: expired(), certificate: 'peer' })
    expect(stage).toMatchObject(refused)
    expect(stage.evidence).toMatch(/expired/)
    expect(await stageOf({ port: expired(), certificate: 'none' })).toMatchObject({
      verified: false,
    })
  })

  test('a certificate that nobody trusts is refused, or passes unverified without the check', async () => {
    ca.distrust()
    try {
      expect(await stageOf({ port: good(), certificate: 'peer' })).toMatchObject(refused)
      expect(await stageOf({ port: good(), certificate: 'none' })).toMatchObject({
        verified: false,
      })
    } finally {
      ca.trust()
    }
  })

  test('a host held to its certificate asks for people when that fails, and gets no password', async () => {
    ca.distrust()
    try {
      const target = { port: good(), encryption, certificate: 'peer' as const }
      const failure = { kind: 'ActionRequired', details: { reason: 'certificate' } }
      await expect(use(protocol, settingsOf(protocol, target))).rejects.toMatchObject(failure)
    } finally {
      ca.trust()
    }
  })
})

describe.each(['imap', 'smtp'] as const)('%s whose STARTTLS is kept from us', (protocol) => {
  test.each([
    ['hide', 'peer'],
    ['hide', 'none'],
    ['refuse', 'peer'],
    ['refuse', 'none'],
  ] as const)(
    'asks for people, and no password is heard (%s, certificate: %s)',
    async (how, certificate) => {
      const proxy = await startStrippingProxy(ports[protocol].starttls.good, how)
      try {
        const target = { port: proxy.port, encryption: 'starttls' as const, certificate }
        const reason = 'starttls_not_offered'
        const failure = { kind: 'ActionRequired', details: { reason } }
        await expect(use(protocol, settingsOf(protocol, target))).rejects.toMatchObject(failure)
        expect(await tlsStageOf(protocol, target)).toMatchObject({ ok: false, reason })
        expect(proxy.connections).toBeGreaterThan(1)
        expect(proxy.heard()).not.toMatch(/LOGIN|AUTH/)
      } finally {
        proxy.close()
      }
    },
  )
})

test('a password goes to the host that has just proved itself, not to one put in its place', async () => {
  const { good, expired } = ports.smtp.starttls
  // The first connection only knocks, the second proves the certificate, the third logs in.
  let connections = 0
  const switching = createServer((client) => {
    const upstream = connect(++connections < 3 ? good : expired, '127.0.0.1')
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) socket.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => switching.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = switching.address() as AddressInfo
    const settings = settingsOf('smtp', { port, encryption: 'starttls', certificate: 'none' })
    const stages: StageResult[] = []
    for await (const stage of preflight(accountOf(settings))) stages.push(stage)
    expect(stages.at(-2)).toMatchObject({ stage: 'smtp_starttls', verified: true })
    expect(stages.at(-1)).toMatchObject({ stage: 'smtp_auth', ok: false, reason: 'certificate' })
  } finally {
    switching.close()
  }
})

test('a server that claims to be logged in already does not talk anybody out of STARTTLS', async () => {
  const server = await scriptedImap({ preauth: true })
  try {
    const target = {
      port: server.port,
      encryption: 'starttls' as const,
      certificate: 'none' as const,
    }
    await expect(use('imap', settingsOf('imap', target))).rejects.toMatchObject({
      kind: 'ActionRequired',
      details: { reason: 'starttls_not_offered' },
    })
  } finally {
    server.close()
  }
})

test.each(['imap', 'smtp'] as const)(
  '%s dials the address that was checked: a name is looked up once a connection',
  async (protocol) => {
    const target = { port: ports[protocol].tls.good, encryption: 'tls' as const }
    dns.asked.splice(0)
    await use(protocol, settingsOf(protocol, { ...target, certificate: 'peer' }))
    expect(dns.asked).toEqual(['A mail.shop.test'])
  },
)

test('mail goes out over verified TLS', async () => {
  const { starttls } = ports.smtp
  const target = {
    port: starttls.good,
    encryption: 'starttls' as const,
    certificate: 'peer' as const,
  }
  await use('smtp', settingsOf('smtp', target))
  const [mail] = await submission.waitFor(1)
  expect(mail).toMatchObject({ secure: true, user: ADDRESS, from: ADDRESS })
})

test.each(['imap', 'smtp'] as const)(
  '%s without encryption is not logged in to once the operator takes the host off the list',
  async (protocol) => {
    const target = {
      host: '8.8.4.4',
      port: 143,
      encryption: 'tls' as const,
      certificate: 'none' as const,
    }
    const settings = settingsOf(protocol, target)
    const clear = { ...settings[protocol], encryption: 'none' }
    await expect(
      use(protocol, { ...settings, [protocol]: clear } as EmailSettings),
    ).rejects.toMatchObject({ kind: 'ActionRequired', details: { reason: 'host_not_allowed' } })
  },
)

/** Does with the server what sync and sending do. */
async function use(protocol: 'imap' | 'smtp', settings: EmailSettings): Promise<void> {
  if (protocol === 'imap') {
    const mailbox = await openMailbox(accountOf(settings))
    return mailbox.close()
  }
  const message = {
    sourceId: `<${randomUUID()}@shop.test>`,
    to: [{ name: 'Carla', address: 'carla@customer.test' }],
    subject: 'Hello',
    text: 'Text',
    inReplyTo: null,
    references: [],
    attachments: [],
    automatic: false,
  }
  const hooks = { onTransmitting: async () => {} }
  await sendFromAccount(accountOf(settings), message, hooks)
}
