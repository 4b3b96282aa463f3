// The autoconfig document of a domain (draft-ietf-mailmaint-autoconfig), fetched and read.
import { getText } from '../../../net/get-text.ts'
import type { NetPolicy } from '../../../net/policy.ts'
import { readAutoconfig } from './autoconfig-xml.ts'
import type { Candidate } from './candidate.ts'
import { firstDialable } from './dialable.ts'
import { mayAnswerLater, silentlyNone } from './unanswered.ts'

/**
 * Only https: over http anybody on the way could name the server that gets the password.
 * @throws HostUnknown or RequestFailed when somebody may answer later
 */
export async function fromAutoconfig(
  address: string,
  domain: string,
  policy: NetPolicy,
): Promise<Candidate | undefined> {
  const own = `https://autoconfig.${domain}/mail/config-v1.1.xml`
  const urls = [
    `${own}?emailaddress=${encodeURIComponent(address)}`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`,
  ]
  let late: unknown
  for (const url of urls) {
    const xml = await getText(url, policy, LIMITS).catch((error: unknown) => {
      if (mayAnswerLater(error)) late = error
      return silentlyNone(error)
    })
    const found = xml === undefined ? undefined : readAutoconfig(xml, address)
    if (found === undefined) continue
    const imap = await firstDialable(found.imap, 'imap', policy)
    const smtp = await firstDialable(found.smtp, 'smtp', policy)
    if (imap === null && smtp === null) continue
    return { source: 'autoconfig', provider: found.provider, imap, smtp, advice: [] }
  }
  if (late !== undefined) throw late
  return undefined
}

// The documents of the ISPDB have 1 to 8 KB.
const LIMITS = { timeoutMs: 5_000, maxBytes: 100_000 }
