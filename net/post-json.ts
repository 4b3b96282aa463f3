// The guarded POST for webhooks that users name: checked address, no redirects, bounded answer.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { HostRefused, RequestFailed } from './errors.ts'
import { isAllowListed, type NetPolicy } from './policy.ts'
import { resolveHost } from './resolve-host.ts'

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
  if (target === null || !/^https?:$/.test(target.protocol) || target.username !== '') {
    throw new HostRefused('url', 'invalid_host')
  }
  const secure = target.protocol === 'https:'
  const port = Number(target.port) || (secure ? 443 : 80)
  const { address, servername } = await resolveHost(target.hostname, port, policy)
  if (!secure && !isAllowListed(policy, target.hostname, port, address)) {
    throw new HostRefused(target.hostname, 'port')
  }
  const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) =>
      reject(new RequestFailed(error.code ?? 'ERR_HTTP', error.message))
    const request = (secure ? httpsRequest : httpRequest)(
      {
        host: address,
        port,
        method: 'POST',
        path: `${target.pathname}${target.search}`,
        ...(servername === undefined ? {} : { servername }),
        headers: {
          'content-type': 'application/json',
          ...headers,
          host: target.host,
          'content-length': payload.length,
        },
        agent: false,
        signal: AbortSignal.timeout(limits.timeoutMs),
      },
      (response) => readText(response, limits.maxBytes).then(resolve, fail),
    )
    request.on('error', (error: Error & { code?: string }) =>
      fail(
        error.name === 'TimeoutError' || error.name === 'AbortError'
          ? Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' })
          : error,
      ),
    )
    request.end(payload)
  })
}

async function readText(response: IncomingMessage, maxBytes: number) {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= maxBytes) break
  }
  const text = Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8').toWellFormed()
  return { status: response.statusCode ?? 0, text }
}
