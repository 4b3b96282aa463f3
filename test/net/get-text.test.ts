// The guarded GET against a real DNS server and real TLS: every hop is checked as the first one is.
import type { RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { HostRefused, RequestFailed } from '../../net/errors.ts'
import { getText } from '../../net/get-text.ts'
import { type DnsServer, startDns } from '../simulators/dns.ts'
import { type HttpsServer, startHttps } from '../simulators/https.ts'
import { type PrivateCa, privateCa } from '../support/private-ca.ts'

let dns: DnsServer
let ca: PrivateCa
let web: HttpsServer
let listener: RequestListener
const called: string[] = []
const limits = { timeoutMs: 30_000, maxBytes: 1_000 }
const policy = () => ({ allowHosts: [web.address], dnsServers: [dns.address] })
const get = (url: string, how = limits) => getText(url, policy(), how)
const point = (name: string, address: string) => dns.zone.set(name, [{ type: 'A', address }])

beforeAll(async () => {
  ca = await privateCa()
  ca.trust()
  dns = await startDns()
  const certificate = await ca.issue(['shop.test', 'www.shop.test', 'rebind.test'])
  web = await startHttps(certificate, (request, response) => {
    called.push(`${request.headers.host}${request.url}`)
    listener(request, response)
  })
  for (const name of ['shop.test', 'www.shop.test', 'mislabelled.test']) point(name, web.address)
  point('metadata.test', '169.254.169.254')
  point('inside.test', '127.0.0.1')
})
afterEach(() => void called.splice(0))
afterAll(() => {
  web?.close()
  dns?.close()
  ca?.distrust()
  ca?.remove()
})

const redirectTo = (location: string): RequestListener => {
  return (request, response) => {
    if (request.url === '/end') response.end('arrived')
    else response.writeHead(302, { location }).end()
  }
}

test('a document is read over verified TLS, and redirects to other public names are followed', async () => {
  listener = redirectTo('https://www.shop.test/end')
  expect(await get('https://shop.test/start?a=1')).toBe('arrived')
  expect(called).toEqual(['shop.test/start?a=1', 'www.shop.test/end'])
})

test('whatever is no document is none', async () => {
  listener = (_, response) => response.writeHead(404).end('not here')
  expect(await get('https://shop.test/')).toBeUndefined()
})

test.each([
  'http://shop.test/end',
  'https://shop.test:8443/end',
  'https://user:word@shop.test/end',
  'https://10.0.0.1/end',
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]/end',
  'https://[::ffff:127.0.0.1]/end',
  'https://2130706433/end',
  'https://metadata.test/end',
  'https://inside.test/end',
  'file:///etc/passwd',
  'https://',
])('%s is refused, as an address and as a redirect', async (url) => {
  listener = redirectTo(url)
  await expect(get(url)).rejects.toThrow(HostRefused)
  expect(called).toEqual([])
  await expect(get('https://shop.test/start')).rejects.toThrow(HostRefused)
  expect(called).toEqual(['shop.test/start'])
})

test('a name that answers differently the second time is checked the second time', async () => {
  point('rebind.test', web.address)
  listener = (_, response) => {
    point('rebind.test', '127.0.0.1')
    response.writeHead(302, { location: 'https://rebind.test/end' }).end()
  }
  dns.asked.splice(0)
  await expect(get('https://rebind.test/start')).rejects.toThrow(HostRefused)
  expect(called).toEqual(['rebind.test/start'])
  // One look-up a hop: what was checked is what was dialled.
  expect(dns.asked).toEqual(['A rebind.test', 'A rebind.test'])
})

test('a journey without end, a document without end and a server without words are given up', async () => {
  listener = redirectTo('https://shop.test/again')
  await expect(get('https://shop.test/')).rejects.toMatchObject({ code: 'ERR_TOO_MANY_REDIRECTS' })
  listener = (_, response) => response.end('x'.repeat(1_001))
  await expect(get('https://shop.test/')).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' })
  listener = () => undefined
  await expect(get('https://shop.test/', { ...limits, timeoutMs: 200 })).rejects.toMatchObject({
    code: 'ETIMEDOUT',
  })
})

test('a certificate for another name, or of an unknown authority, is no answer', async () => {
  listener = redirectTo('https://shop.test/end')
  await expect(get('https://mislabelled.test/end')).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
  ca.distrust()
  try {
    await expect(get('https://shop.test/end')).rejects.toThrow(RequestFailed)
  } finally {
    ca.trust()
  }
  expect(called).toEqual([])
})
