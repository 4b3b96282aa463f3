// The guarded GET for files at addresses that a webhook names: as a stream, its redirects followed
// only to hosts that the caller knows, and credentials shown to nobody but the first.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { HostRefused, RequestFailed } from './errors.ts'
import { isAllowListed, type NetPolicy } from './policy.ts'
import { resolveHost } from './resolve-host.ts'

export interface DownloadRequest {
  policy: NetPolicy
  /** Sent to the first host only: a CDN answers 400 to what is not meant for it. */
  authorization: string
  /** Whether an address may be asked at all, the first one included. */
  mayAsk(url: URL): boolean
  /** Where an address is found, for who stands in for a provider. */
  locate(url: string): string
  /** Ends the download wherever it is. */
  signal: AbortSignal
  /** Milliseconds in which nothing comes. */
  idleMs: number
}

export interface Download {
  status: number
  body: IncomingMessage
}

const MAX_REDIRECTS = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * The first answer that is no redirect, whatever its status. Whoever gets it reads or destroys it.
 * @throws HostRefused, HostUnknown, RequestFailed
 */
export async function openDownload(address: string, request: DownloadRequest): Promise<Download> {
  let target = URL.parse(address)
  const first = target?.host
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    if (target === null || !request.mayAsk(target)) {
      throw new HostRefused(target?.hostname ?? 'url', 'invalid_host')
    }
    const headers = target.host === first ? { authorization: request.authorization } : {}
    const body = await open(new URL(request.locate(target.href)), headers, request)
    const status = body.statusCode ?? 0
    if (!REDIRECTS.has(status)) return { status, body }
    body.destroy()
    target = URL.parse(body.headers.location ?? '', target.href)
  }
  throw new RequestFailed('ERR_TOO_MANY_REDIRECTS', 'The address leads on and on')
}

async function open(
  url: URL,
  headers: Record<string, string>,
  { policy, signal, idleMs }: DownloadRequest,
): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:'
  const port = Number(url.port) || (secure ? 443 : 80)
  const { address, servername } = await resolveHost(url.hostname, port, policy)
  if (!secure && !isAllowListed(policy, url.hostname, port, address)) {
    throw new HostRefused(url.hostname, 'clear_text')
  }
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) =>
      reject(new RequestFailed(error.code ?? 'ERR_HTTP', error.message))
    if (signal.aborted) return fail(new Error('late'))
    const sent = (secure ? httpsRequest : httpRequest)({
      host: address,
      port,
      path: `${url.pathname}${url.search}`,
      ...(servername === undefined ? {} : { servername }),
      headers: { ...headers, host: url.host },
      agent: false,
      signal,
    })
    sent.setTimeout(idleMs, () => sent.destroy(new RequestFailed('ETIMEDOUT', 'No answer in time')))
    sent.on('error', fail)
    sent.on('response', resolve)
    sent.end()
  })
}
