// Which of the servers that strangers name may be put into a form at all.
import { HostRefused, HostUnknown } from '../../../net/errors.ts'
import { isAllowListed, type NetPolicy } from '../../../net/policy.ts'
import { resolveHost } from '../../../net/resolve-host.ts'
import type { FoundServer } from './candidate.ts'

/** Ports that mail clients use (RFC 8314); an operator's allow-list opens others. */
export const MAIL_PORTS = {
  imap: new Set([143, 993]),
  smtp: new Set([25, 465, 587, 2525]),
} as const

/**
 * The first server with a known port and a public address; null when there is none. Refused and
 * unknown hosts are left out without a word: telling them apart would map our network.
 */
export async function firstDialable(
  servers: readonly FoundServer[],
  protocol: keyof typeof MAIL_PORTS,
  policy: NetPolicy,
): Promise<FoundServer | null> {
  for (const server of servers.slice(0, MOST)) {
    if (await isDialable(server, protocol, policy)) return server
  }
  return null
}

// Nobody has more; a list without end would keep the person waiting.
const MOST = 5

async function isDialable(
  { host, port }: FoundServer,
  protocol: keyof typeof MAIL_PORTS,
  policy: NetPolicy,
): Promise<boolean> {
  try {
    const { address } = await resolveHost(host, port, policy)
    return MAIL_PORTS[protocol].has(port) || isAllowListed(policy, host, port, address)
  } catch (error) {
    if (error instanceof HostRefused || error instanceof HostUnknown) return false
    throw error
  }
}
