// Is an IP address out in the public internet? IANA special-purpose registries, RFC 6890.
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** False for loopback, private, link-local, metadata, CGNAT, multicast and whatever hides one. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  if (isIPv4(bare)) return !closed4.check(bare, 'ipv4')
  if (!isIPv6(bare)) return false
  const inner = embeddedIPv4(bare)
  if (inner !== undefined) return isPublicAddress(inner)
  return global6.check(bare, 'ipv6') && !closed6.check(bare, 'ipv6')
}

/** Whether `address` lies in a block such as `10.0.0.0/8` or `fd00::/8`. */
export function inSubnet(address: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/')
  const family = isIPv4(network) ? 'ipv4' : isIPv6(network) ? 'ipv6' : undefined
  const plain = isIPv6(address) ? (embeddedIPv4(address) ?? address) : address
  if (family === undefined || !/^\d{1,3}$/.test(bits)) return false
  if ((family === 'ipv4') !== isIPv4(plain) || Number(bits) > (family === 'ipv4' ? 32 : 128)) {
    return false
  }
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family)
  return list.check(plain, family)
}

const closed4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Alibaba's metadata service is 100.100.100.200 (above); Azure's wire server is public by number.
  ['168.63.129.16', 32],
  ['224.0.0.0', 3],
])

// Only global unicast is dialled at all, so loopback, ULA, link-local and multicast need no line.
const global6 = listOf('ipv6', [['2000::', 3]])
const closed6 = listOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

function listOf(family: 'ipv4' | 'ipv6', blocks: [string, number][]): BlockList {
  const list = new BlockList()
  for (const [network, bits] of blocks) list.addSubnet(network, bits, family)
  return list
}

// IPv4-mapped, IPv4-compatible and NAT64 (RFC 6052) addresses reach the IPv4 host they carry.
function embeddedIPv4(address: string): string | undefined {
  const groups = expand(address)
  const head = groups.slice(0, 6).join(':')
  if (head !== '0:0:0:0:0:ffff' && head !== '64:ff9b:0:0:0:0' && head !== '0:0:0:0:0:0') {
    return undefined
  }
  const [high = '0', low = '0'] = groups.slice(6)
  const number = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16)
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

function expand(address: string): string[] {
  // URL writes every IPv6 address in one way, dotted quads turned into groups.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [left = '', right] = canonical.split('::')
  const before = left === '' ? [] : left.split(':')
  if (right === undefined) return before
  const after = right === '' ? [] : right.split(':')
  return [...before, ...Array(8 - before.length - after.length).fill('0'), ...after]
}
