// Servers that a domain announces in DNS: RFC 6186, with the TLS services of RFC 8314.
import { servicesOf } from '../../../net/dns-records.ts'
import type { NetPolicy } from '../../../net/policy.ts'
import type { Candidate, FoundServer } from './candidate.ts'
import { firstDialable } from './dialable.ts'

/** @throws HostUnknown, temporary, when the resolver gave no answer */
export async function fromServices(
  address: string,
  domain: string,
  policy: NetPolicy,
): Promise<Candidate | undefined> {
  const announced = async (service: string, encryption: FoundServer['encryption']) => {
    const records = await servicesOf(`${service}._tcp.${domain}`, policy)
    return records.map(({ host, port }): FoundServer => {
      return { host: host.toLowerCase(), port, encryption, login: address }
    })
  }
  const [imaps, imap, submissions, submission] = await Promise.all([
    announced('_imaps', 'tls'),
    announced('_imap', 'starttls'),
    announced('_submissions', 'tls'),
    announced('_submission', 'starttls'),
  ])
  // RFC 8314 3.3: implicit TLS before STARTTLS.
  const receive = await firstDialable([...imaps, ...imap], 'imap', policy)
  const send = await firstDialable([...submissions, ...submission], 'smtp', policy)
  if (receive === null && send === null) return undefined
  // RFC 6186 6: DNS proves nothing, so a host outside the domain is for the person to confirm.
  const isOutside = (server: FoundServer | null) =>
    server !== null && !`.${server.host}`.endsWith(`.${domain}`)
  return {
    source: 'srv',
    provider: null,
    imap: receive,
    smtp: send,
    advice: isOutside(receive) || isOutside(send) ? ['confirm_servers'] : [],
  }
}
