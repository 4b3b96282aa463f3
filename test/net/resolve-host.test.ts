// Who may be dialled: the table of addresses that must never be reached through us.
import { expect, test } from 'vitest'
import { isPublicAddress } from '../../net/address-class.ts'
import { HostRefused, HostUnknown } from '../../net/errors.ts'
import { resolveHost } from '../../net/resolve-host.ts'

const nobody = { allowHosts: [] }

test.each([
  '127.0.0.1',
  '127.1.2.3',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  'fe80::1',
  'fe80::1%eth0',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '2002:7f00:1::',
  '2001:0:1::1',
  '2001:db8::1',
  'not an address',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each([
  ['localhost', 993],
  ['127.0.0.1', 993],
  ['[::1]', 993],
  ['[::ffff:127.0.0.1]', 993],
  ['2130706433', 993],
  ['0x7f.1', 993],
  ['127.1', 993],
  ['LOCALHOST.', 993],
  ['8.8.8.8', 22],
  ['8.8.8.8', 6379],
  ['8.8.8.8', 0],
  ['8.8.8.8', 70_000],
  ['', 993],
  ['user@8.8.8.8', 993],
  ['8.8.8.8/x', 993],
] as const)('%s port %i is refused', async (host, port) => {
  await expect(resolveHost(host, port, nobody)).rejects.toSatisfy(
    // A resolver that does not know such notations is as good a refusal.
    (error) => error instanceof HostRefused || error instanceof HostUnknown,
  )
})

test.each([
  [['localhost'], 'localhost', 993],
  [['127.0.0.1'], 'localhost', 2025],
  [['127.0.0.0/8'], '127.0.0.1', 22],
  [['127.0.0.1:6379'], '127.0.0.1', 6379],
  [['[::1]:993'], '::1', 993],
] as const)('an operator allows %j: %s port %i', async (allowHosts, host, port) => {
  await expect(resolveHost(host, port, { allowHosts })).resolves.toMatchObject({})
})

test('an allow-listed port opens no other port', async () => {
  const policy = { allowHosts: ['127.0.0.1:6379'] }
  await expect(resolveHost('127.0.0.1', 993, policy)).rejects.toThrow(HostRefused)
})

test('a public host keeps its name for the certificate, an address has none', async () => {
  expect(await resolveHost('8.8.8.8', 993, nobody)).toEqual({
    address: '8.8.8.8',
    servername: undefined,
  })
  expect((await resolveHost('localhost', 993, { allowHosts: ['localhost'] })).servername).toBe(
    'localhost',
  )
})

test('a name that does not exist is unknown, not refused', async () => {
  await expect(resolveHost('no-such-host.invalid', 993, nobody)).rejects.toThrow(HostUnknown)
})
