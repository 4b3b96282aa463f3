// One HTTP exchange with the very address that was checked. A redirect is an answer here.
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { HostRefused, RequestFailed } from './errors.ts'
import { isAllowListed, type NetPolicy } from './policy.ts'
import { resolveHost } from './resolve-host.ts'

export interface ExchangeRequest {
  method: 'GET' | 'POST' | 'DELETE'
  headers: Record<string, string>
  body?: Buffer
  policy: NetPolicy
  /** Ends the exchange wherever it is. */
  signal: AbortSignal
  /** Bytes of the answer that are kept; the rest is not read. */
  maxBytes: number
}

export interface ExchangeAnswer {
  status: number
  location: string | undefined
  headers: IncomingHttpHeaders
  text: string
  /** More than `maxBytes` came. */
  cut: boolean
}

/**
 * Resolves, checks and dials. Without TLS only where an operator allowed the host.
 * @throws HostRefused, HostUnknown, RequestFailed
 */
export async function exchange(url: URL, request: ExchangeRequest): Promise<ExchangeAnswer> {
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new HostRefused('url', 'invalid_host')
  }
  const secure = url.protocol === 'https:'
  const port = Number(url.port) || (secure ? 443 : 80)
  const { address, servername } = await resolveHost(url.hostname, port, request.policy)
  if (!secure && !isAllowListed(request.policy, url.hostname, port, address)) {
    throw new HostRefused(url.hostname, 'port')
  }
  const { method, headers, body, signal, maxBytes } = request
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) =>
      reject(
        signal.aborted
          ? new RequestFailed('ETIMEDOUT', 'No answer in time')
          : new RequestFailed(error.code ?? 'ERR_HTTP', error.message),
      )
    if (signal.aborted) return fail(new Error('late'))
    const sent = (secure ? httpsRequest : httpRequest)(
      {
        host: address,
        port,
        method,
        path: `${url.pathname}${url.search}`,
        ...(servername === undefined ? {} : { servername }),
        headers: {
          ...headers,
          host: url.host,
          ...(body === undefined ? {} : { 'content-length': body.length }),
        },
        agent: false,
        signal,
      },
      (response) => read(response, maxBytes).then(resolve, fail),
    )
    sent.on('error', fail)
    sent.end(body)
  })
}

async function read(response: IncomingMessage, maxBytes: number): Promise<ExchangeAnswer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBytes) break
  }
  const text = Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8').toWellFormed()
  return {
    status: response.statusCode ?? 0,
    location: response.headers.location,
    headers: response.headers,
    text,
    cut: size > maxBytes,
  }
}
