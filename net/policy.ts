// What may be dialled. An operator's allow-list is the only way to a private host.
import { isIP } from 'node:net'
import { inSubnet } from './address-class.ts'

/** What an operator decides about dialling. */
export interface NetPolicy {
  /** Host names, `host:port`, addresses or CIDR blocks. */
  readonly allowHosts: readonly string[]
  /** Resolvers as `address` or `address:port`; without any, the system's are asked. */
  readonly dnsServers?: readonly string[]
}

/** Whether an operator named this host, by name or by the address it has. */
export function isAllowListed(
  policy: NetPolicy,
  host: string,
  port: number,
  address?: string,
): boolean {
  const names = [host, address].filter((name) => name !== undefined).map(bareHost)
  return policy.allowHosts.some((raw) => {
    const entry = raw.trim().toLowerCase()
    if (entry.includes('/')) return names.some((name) => isIP(name) && inSubnet(name, entry))
    if (names.includes(bareHost(entry))) return true
    const [, entryHost, entryPort] = /^(.*):(\d+)$/.exec(entry) ?? []
    return (
      entryHost !== undefined && Number(entryPort) === port && names.includes(bareHost(entryHost))
    )
  })
}

/** Lower case, without brackets and the root's dot. */
export function bareHost(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

/**
 * Ports below 1024 are mail and web only; above, those of databases and caches are closed, so that
 * nobody talks to them through us.
 */
export function isUsualPort(port: number): boolean {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return false
  return port < 1024 ? LOW_PORTS.has(port) : !CLOSED_PORTS.has(port)
}

const LOW_PORTS = new Set([25, 80, 143, 443, 465, 587, 993])
const CLOSED_PORTS = new Set([1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5984, 6379])
for (const port of [6443, 7233, 9042, 9200, 9300, 10250, 11211, 27017]) CLOSED_PORTS.add(port)
