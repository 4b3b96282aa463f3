// The guarded GET for documents at addresses that users or mail domains name: https only, every
// redirect checked as if it were the first address, bounded in size and time.
import { HostRefused, RequestFailed } from './errors.ts'
import { exchange } from './http-exchange.ts'
import { isAllowListed, type NetPolicy } from './policy.ts'

export interface GetLimits {
  /** Milliseconds for the whole journey. */
  timeoutMs: number
  /** Bytes; a larger document is refused, since half of one means nothing. */
  maxBytes: number
}

/**
 * The document's text; undefined when the server has none (any status but 200).
 * @throws HostRefused, HostUnknown, RequestFailed
 */
export async function getText(
  url: string,
  policy: NetPolicy,
  { timeoutMs, maxBytes }: GetLimits,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs)
  const headers = { accept: 'text/xml, application/xml, text/plain' }
  let target = URL.parse(url)
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    if (target === null || target.protocol !== 'https:') {
      throw new HostRefused(target?.hostname ?? 'url', 'invalid_host')
    }
    const port = Number(target.port) || 443
    if (port !== 443 && !isAllowListed(policy, target.hostname, port)) {
      throw new HostRefused(target.hostname, 'port')
    }
    const answer = await exchange(target, { method: 'GET', headers, policy, signal, maxBytes })
    if (answer.status === 200) {
      if (answer.cut) throw new RequestFailed('ERR_TOO_LARGE', 'The document is too large')
      return answer.text
    }
    if (!REDIRECTS.has(answer.status)) return undefined
    target = answer.location === undefined ? null : URL.parse(answer.location, target.href)
  }
  throw new RequestFailed('ERR_TOO_MANY_REDIRECTS', 'The address leads on and on')
}

const MAX_REDIRECTS = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])
