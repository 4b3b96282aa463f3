// MX and SRV records, and addresses from an operator's own resolver.
import { Resolver } from 'node:dns/promises'
import { HostUnknown } from './errors.ts'
import type { NetPolicy } from './policy.ts'

export interface ServiceRecord {
  host: string
  port: number
}

/**
 * Mail exchangers of a domain, the preferred first; empty when it has none.
 * @throws HostUnknown, temporary, when the resolver gave no answer
 */
export async function exchangersOf(domain: string, policy: NetPolicy): Promise<string[]> {
  const records = await answered(domain, (resolver) => resolver.resolveMx(domain), policy)
  return (
    records
      .sort((a, b) => a.priority - b.priority)
      .map(({ exchange }) => exchange)
      // RFC 7505: a lone dot says that the domain takes no mail.
      .filter((host) => host !== '' && host !== '.')
  )
}

/**
 * Hosts of a service such as `_imaps._tcp.example.com`, the preferred first (RFC 2782); empty when
 * there is none or when it is said not to exist.
 * @throws HostUnknown, temporary, when the resolver gave no answer
 */
export async function servicesOf(name: string, policy: NetPolicy): Promise<ServiceRecord[]> {
  const records = await answered(name, (resolver) => resolver.resolveSrv(name), policy)
  return records
    .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
    .map((record) => ({ host: record.name, port: record.port }))
    .filter(({ host }) => host !== '' && host !== '.')
}

/**
 * Addresses of a name from the operator's resolver, IPv4 first; empty when there is none.
 * @throws HostUnknown, temporary, when the resolver gave no answer
 */
export async function addressRecordsOf(name: string, policy: NetPolicy): Promise<string[]> {
  const four = await answered(name, (resolver) => resolver.resolve4(name), policy)
  return four.length > 0 ? four : answered(name, (resolver) => resolver.resolve6(name), policy)
}

async function answered<T>(
  name: string,
  ask: (resolver: Resolver) => Promise<T[]>,
  { dnsServers = [] }: NetPolicy,
): Promise<T[]> {
  const resolver = new Resolver({ timeout: 2_500, tries: 2 })
  if (dnsServers.length > 0) resolver.setServers([...dnsServers])
  try {
    return await ask(resolver)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (NO_RECORD.has(code)) return []
    throw new HostUnknown(name, true)
  }
}

const NO_RECORD = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])
