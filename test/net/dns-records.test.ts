// MX and SRV records against a real DNS server, and what a resolver in trouble is called.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchangersOf, servicesOf } from '../../net/dns-records.ts'
import { HostRefused, HostUnknown } from '../../net/errors.ts'
import { resolveHost } from '../../net/resolve-host.ts'
import { type DnsServer, startDns } from '../simulators/dns.ts'

let dns: DnsServer
const policy = () => ({ allowHosts: [], dnsServers: [dns.address] })

beforeAll(async () => {
  dns = await startDns({
    'shop.test': [
      { type: 'MX', priority: 20, host: 'second.test' },
      { type: 'MX', priority: 10, host: 'first.test' },
    ],
    'silent.test': [{ type: 'MX', priority: 0, host: '' }],
    '_imaps._tcp.shop.test': [
      { type: 'SRV', priority: 2, weight: 9, port: 993, host: 'spare.shop.test' },
      { type: 'SRV', priority: 1, weight: 1, port: 993, host: 'light.shop.test' },
      { type: 'SRV', priority: 1, weight: 5, port: 1993, host: 'heavy.shop.test' },
    ],
    '_imap._tcp.shop.test': [{ type: 'SRV', priority: 0, weight: 0, port: 0, host: '' }],
    'public.test': [{ type: 'A', address: '8.8.4.4' }],
    'rebound.test': [{ type: 'A', address: '127.0.0.1' }],
    'both.test': [
      { type: 'A', address: '10.0.0.1' },
      { type: 'A', address: '8.8.4.4' },
    ],
  })
})
afterAll(() => dns.close())

test('exchangers come by preference, a lone dot is none', async () => {
  expect(await exchangersOf('shop.test', policy())).toEqual(['first.test', 'second.test'])
  expect(await exchangersOf('silent.test', policy())).toEqual([])
  expect(await exchangersOf('nowhere.test', policy())).toEqual([])
})

test('services come by priority, then weight; a lone dot says that there is none', async () => {
  expect(await servicesOf('_imaps._tcp.shop.test', policy())).toEqual([
    { host: 'heavy.shop.test', port: 1993 },
    { host: 'light.shop.test', port: 993 },
    { host: 'spare.shop.test', port: 993 },
  ])
  expect(await servicesOf('_imap._tcp.shop.test', policy())).toEqual([])
  expect(await servicesOf('_pop3._tcp.shop.test', policy())).toEqual([])
})

test("names are looked up at the operator's resolver, and its answers are classified", async () => {
  expect(await resolveHost('public.test', 993, policy())).toEqual({
    address: '8.8.4.4',
    servername: 'public.test',
  })
  expect((await resolveHost('both.test', 993, policy())).address).toBe('8.8.4.4')
  await expect(resolveHost('rebound.test', 993, policy())).rejects.toThrow(HostRefused)
  await expect(resolveHost('nowhere.test', 993, policy())).rejects.toMatchObject({
    code: 'ENOTFOUND',
    temporary: false,
  })
})

test('a resolver in trouble is not the same as no record', async () => {
  dns.mode = 'ill'
  try {
    for (const question of [
      exchangersOf('shop.test', policy()),
      servicesOf('_imaps._tcp.shop.test', policy()),
      resolveHost('public.test', 993, policy()),
    ]) {
      const failure = await question.catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(HostUnknown)
      expect(failure).toMatchObject({ temporary: true })
    }
  } finally {
    dns.mode = 'well'
  }
})
