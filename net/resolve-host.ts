// A host named by a user, a mail or a webhook, turned into one checked address to be dialled.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPublicAddress } from './address-class.ts'
import { addressRecordsOf } from './dns-records.ts'
import { HostRefused, HostUnknown } from './errors.ts'
import { bareHost, isAllowListed, isUsualPort, type NetPolicy } from './policy.ts'

/** Dial `address`, never the name again: a second look-up could answer something else. */
export interface ResolvedHost {
  address: string
  /** For SNI and the certificate; undefined when the host was an address. */
  servername: string | undefined
}

/** @throws HostRefused when policy forbids it, HostUnknown when there is no such name. */
export async function resolveHost(
  host: string,
  port: number,
  policy: NetPolicy,
): Promise<ResolvedHost> {
  const name = bareHost(host)
  if (!/^[^\s/@\\]{1,253}$/.test(name)) throw new HostRefused(name.slice(0, 60), 'invalid_host')
  const addresses = await addressesOf(name, policy)
  const address = addresses.find(
    (candidate) => isPublicAddress(candidate) || isAllowListed(policy, name, port, candidate),
  )
  if (address === undefined) throw new HostRefused(name, 'private_address')
  if (!isUsualPort(port) && !isAllowListed(policy, name, port, address)) {
    throw new HostRefused(name, 'port')
  }
  return { address, servername: isIP(name) ? undefined : name }
}

/**
 * As `resolveHost`, for a login over a connection that nobody encrypts.
 * @throws HostRefused also for every host that no operator allowed
 */
export async function resolveHostInClear(
  host: string,
  port: number,
  policy: NetPolicy,
): Promise<ResolvedHost> {
  const resolved = await resolveHost(host, port, policy)
  if (isAllowListed(policy, host, port, resolved.address)) return resolved
  throw new HostRefused(bareHost(host), 'clear_text')
}

async function addressesOf(name: string, policy: NetPolicy): Promise<string[]> {
  if (isIP(name)) return [name]
  if (policy.dnsServers !== undefined && policy.dnsServers.length > 0) {
    const found = await addressRecordsOf(name, policy)
    if (found.length === 0) throw new HostUnknown(name, false)
    return found
  }
  try {
    // IPv4 first: many networks give an IPv6 address and no way out.
    const found = await lookup(name, { all: true, order: 'ipv4first' })
    return found.map(({ address }) => address)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new HostUnknown(name, code !== 'ENOTFOUND' && code !== 'ENODATA')
  }
}
