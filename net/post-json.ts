// The guarded POST for webhooks that users name: checked address, no redirects, bounded answer.
import { HostRefused } from './errors.ts'
import { exchange } from './http-exchange.ts'
import type { NetPolicy } from './policy.ts'

export interface PostLimits {
  /** Milliseconds for the whole exchange. */
  timeoutMs: number
  /** Bytes of the answer that are kept; the rest is not read. */
  maxBytes: number
}

/**
 * Sends `body` (JSON text as it was signed, or a value to be written as JSON). Redirects come back
 * as they are.
 * @throws HostRefused, HostUnknown, RequestFailed
 */
export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string>,
  policy: NetPolicy,
  limits: PostLimits,
): Promise<{ status: number; text: string }> {
  const target = URL.parse(url)
  if (target === null) throw new HostRefused('url', 'invalid_host')
  const { status, text } = await exchange(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    policy,
    signal: AbortSignal.timeout(limits.timeoutMs),
    maxBytes: limits.maxBytes,
  })
  return { status, text }
}
