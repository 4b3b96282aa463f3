// From an address to its servers, with a real DNS server and real autoconfig documents over TLS.
import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { discover } from '../../../../channels/email/discovery/discover.ts'
import { type DnsRecord, type DnsServer, startDns } from '../../../simulators/dns.ts'
import { type HttpsServer, startHttps } from '../../../simulators/https.ts'
import { type PrivateCa, privateCa } from '../../../support/private-ca.ts'
import { autoconfigOf, serverOf } from './autoconfig-document.ts'

const ADDRESS = 'ana@shop.test'
const PUBLIC: DnsRecord = { type: 'A', address: '8.8.4.4' }
let dns: DnsServer
let ca: PrivateCa
let web: HttpsServer
let listener: RequestListener
const policy = (more: string[] = []) => {
  return { allowHosts: [web.address, ...more], dnsServers: [dns.address] }
}

beforeAll(async () => {
  ca = await privateCa()
  ca.trust()
  dns = await startDns()
  const certificate = await ca.issue(['shop.test', 'autoconfig.shop.test'])
  web = await startHttps(certificate, (request, response) => listener(request, response))
})
beforeEach(() => {
  dns.zone.clear()
  dns.asked.splice(0)
  listener = (_, response) => response.writeHead(404).end()
})
afterAll(() => {
  web?.close()
  dns?.close()
  ca?.distrust()
  ca?.remove()
})

const srv = (host: string, port: number, priority = 0): DnsRecord => {
  return { type: 'SRV', priority, weight: 0, port, host }
}
const publish = (document: string, host = 'autoconfig.shop.test') => {
  dns.zone.set(host, [{ type: 'A', address: web.address }])
  listener = (_, response) => response.end(document)
}

test('a known provider is answered without asking anybody', async () => {
  const { signIn, candidates, incomplete } = await discover('ana@uol.com.br', policy())
  expect({ signIn, incomplete }).toEqual({ signIn: null, incomplete: false })
  expect(candidates).toEqual([
    {
      source: 'preset',
      provider: 'UOL',
      imap: { host: 'imap.uol.com.br', port: 993, encryption: 'tls', login: 'ana' },
      smtp: { host: 'smtps.uol.com.br', port: 587, encryption: 'starttls', login: 'ana' },
      advice: ['imap_switched_off'],
    },
  ])
  expect(dns.asked).toEqual([])
})

test.each([
  ['ana@gmail.com', 'google', 'imap.gmail.com', 993, 'smtp.gmail.com', 587],
  ['ana@hotmail.com', 'microsoft', 'outlook.office365.com', 993, 'smtp-mail.outlook.com', 587],
])('%s is steered to signing in with %s, and has its servers all the same', async (...row) => {
  const [address, channel, imap, imapPort, smtp, smtpPort] = row
  const { signIn, candidates } = await discover(address, policy())
  expect(signIn).toBe(channel)
  expect(candidates[0]).toMatchObject({
    imap: { host: imap, port: imapPort },
    smtp: { host: smtp, port: smtpPort },
  })
  expect(candidates[0]!.advice[0]).toBe(`sign_in_with_${channel}`)
})

test('a domain whose mail goes to a known provider has that one, with the whole address as login', async () => {
  dns.zone.set('shop.test', [
    { type: 'MX', priority: 10, host: 'aspmx.l.google.com' },
    { type: 'MX', priority: 20, host: 'mx.elsewhere.test' },
  ])
  const { signIn, candidates } = await discover(ADDRESS, policy())
  expect(signIn).toBe('google')
  expect(candidates).toHaveLength(1)
  expect(candidates[0]).toMatchObject({
    source: 'mx',
    provider: 'Gmail',
    imap: { host: 'imap.gmail.com', login: ADDRESS },
  })
})

test('announced services become servers, implicit TLS before STARTTLS', async () => {
  dns.zone.set('_imap._tcp.shop.test', [srv('imap.shop.test', 143)])
  dns.zone.set('_imaps._tcp.shop.test', [
    srv('gone.shop.test', 993, 1),
    srv('IMAP.shop.test', 993, 2),
  ])
  dns.zone.set('_submissions._tcp.shop.test', [srv('', 0)])
  dns.zone.set('_submission._tcp.shop.test', [srv('smtp.shop.test', 587)])
  dns.zone.set('imap.shop.test', [PUBLIC])
  dns.zone.set('smtp.shop.test', [PUBLIC])
  const { candidates } = await discover(ADDRESS, policy())
  expect(candidates).toEqual([
    {
      source: 'srv',
      provider: null,
      imap: { host: 'imap.shop.test', port: 993, encryption: 'tls', login: ADDRESS },
      smtp: { host: 'smtp.shop.test', port: 587, encryption: 'starttls', login: ADDRESS },
      advice: [],
    },
  ])
})

test('a host outside the domain is for the person to confirm, since DNS proves nothing', async () => {
  dns.zone.set('_imaps._tcp.shop.test', [srv('imap.notshop.test', 993)])
  dns.zone.set('imap.notshop.test', [PUBLIC])
  const { candidates } = await discover(ADDRESS, policy())
  expect(candidates).toMatchObject([{ imap: { host: 'imap.notshop.test' }, smtp: null }])
  expect(candidates[0]!.advice).toEqual(['confirm_servers'])
})

const hostile: [string, number, DnsRecord | undefined][] = [
  ['imap.shop.test', 993, { type: 'A', address: '127.0.0.1' }],
  ['imap.shop.test', 993, { type: 'A', address: '10.1.2.3' }],
  ['imap.shop.test', 993, { type: 'A', address: '169.254.169.254' }],
  ['127.0.0.1', 993, undefined],
  ['imap.shop.test', 22, PUBLIC],
  ['imap.shop.test', 6379, PUBLIC],
  ['imap.shop.test', 8080, PUBLIC],
  ['imap.shop.test', 443, PUBLIC],
  ['imap.shop.test', 587, PUBLIC],
]
test.each(hostile)('%s:%i (%j) is never offered, whoever names it', async (host, port, record) => {
  if (record) dns.zone.set(host, [record])
  dns.zone.set('_imaps._tcp.shop.test', [srv(host, port)])
  publish(autoconfigOf([serverOf('imap', { host, port })]))
  expect(await discover(ADDRESS, policy())).toMatchObject({ candidates: [], incomplete: false })
})

test("an operator's allow-list opens a private host and an odd port", async () => {
  dns.zone.set('imap.shop.test', [{ type: 'A', address: '127.0.0.1' }])
  dns.zone.set('_imaps._tcp.shop.test', [srv('imap.shop.test', 5993)])
  const { candidates } = await discover(ADDRESS, policy(['127.0.0.1:5993']))
  expect(candidates).toMatchObject([{ imap: { host: 'imap.shop.test', port: 5993 } }])
})

test('the autoconfig document is asked for the address, and its first usable servers are taken', async () => {
  const asked: string[] = []
  publish(
    autoconfigOf([
      serverOf('imap', { host: 'inside.shop.test' }),
      serverOf('imap', { host: 'imap.%EMAILDOMAIN%', port: 143, socketType: 'STARTTLS' }),
      serverOf('smtp', { host: 'smtp.shop.test', port: 465, username: '%EMAILLOCALPART%' }),
    ]),
  )
  const serve = listener
  listener = (request, response) => {
    asked.push(`${request.headers.host}${request.url}`)
    serve(request, response)
  }
  dns.zone.set('inside.shop.test', [{ type: 'A', address: '192.168.0.7' }])
  dns.zone.set('imap.shop.test', [PUBLIC])
  dns.zone.set('smtp.shop.test', [PUBLIC])
  const { candidates } = await discover(ADDRESS, policy())
  expect(candidates).toEqual([
    {
      source: 'autoconfig',
      provider: 'Shop mail',
      imap: { host: 'imap.shop.test', port: 143, encryption: 'starttls', login: ADDRESS },
      smtp: { host: 'smtp.shop.test', port: 465, encryption: 'tls', login: 'ana' },
      advice: [],
    },
  ])
  expect(asked).toEqual(['autoconfig.shop.test/mail/config-v1.1.xml?emailaddress=ana%40shop.test'])
})

test('without the autoconfig host the well-known place of the domain is read', async () => {
  publish(autoconfigOf([serverOf('imap', { host: 'imap.shop.test' })]), 'shop.test')
  const serve = listener
  listener = (request, response) => {
    const place = '/.well-known/autoconfig/mail/config-v1.1.xml'
    if (request.url === place) serve(request, response)
    else response.writeHead(404).end()
  }
  dns.zone.set('imap.shop.test', [PUBLIC])
  expect((await discover(ADDRESS, policy())).candidates).toMatchObject([
    { source: 'autoconfig', imap: { host: 'imap.shop.test', port: 993 } },
  ])
})

test('what DNS and the document agree on is offered once; the provider comes before both', async () => {
  dns.zone.set('shop.test', [{ type: 'MX', priority: 1, host: 'mx.a.locaweb.com.br' }])
  dns.zone.set('_imaps._tcp.shop.test', [srv('imap.shop.test', 993)])
  dns.zone.set('imap.shop.test', [PUBLIC])
  publish(autoconfigOf([serverOf('imap', { host: 'imap.shop.test' })]))
  const { candidates } = await discover(ADDRESS, policy())
  expect(candidates.map(({ source }) => source)).toEqual(['mx', 'srv'])
})

test('a redirect of the document into a private network is not followed', async () => {
  publish('')
  listener = (_, response) => {
    response.writeHead(301, { location: 'https://169.254.169.254/mail/config-v1.1.xml' }).end()
  }
  expect(await discover(ADDRESS, policy())).toMatchObject({ candidates: [], incomplete: false })
})

test.each(['shop', '10.0.0.1', '[10.0.0.1]', 'a..b', 'shop.test/x', 'shop.test:8443'])(
  'the domain "%s" is nobody to ask',
  async (domain) => {
    expect((await discover(`ana@${domain}`, policy())).candidates).toEqual([])
    expect(dns.asked).toEqual([])
  },
)

test('a domain with letters beyond ASCII is asked for by its DNS name', async () => {
  dns.zone.set('xn--po-sia.test', [{ type: 'MX', priority: 1, host: 'mx1.titan.email' }])
  const { candidates } = await discover('ana@pão.test', policy())
  expect(candidates).toMatchObject([{ source: 'mx', provider: 'Titan' }])
})

test('a resolver in trouble is told apart from a domain that says nothing', async () => {
  expect(await discover(ADDRESS, policy())).toMatchObject({ candidates: [], incomplete: false })
  dns.mode = 'ill'
  try {
    expect(await discover(ADDRESS, policy())).toMatchObject({ candidates: [], incomplete: true })
  } finally {
    dns.mode = 'well'
  }
})
