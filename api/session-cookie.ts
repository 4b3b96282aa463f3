// The cookie that carries a session, and what keeps other sites from using it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'

type Address = Pick<Config, 'publicUrl'>

/** `__Host-`: only over TLS, only this host (RFC 6265bis 4.1.3). Without TLS, as on localhost, not. */
const nameOf = ({ publicUrl }: Address) =>
  publicUrl.startsWith('https:') ? '__Host-session' : 'session'

export function sessionOf(config: Address, { headers }: FastifyRequest): string | undefined {
  const name = nameOf(config)
  for (const pair of headers.cookie?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=')
    if (key === name && value && value.length <= 200) return value
  }
  return undefined
}

/** @param expires the past ends the session in the browser too */
export function sendSession(
  config: Address,
  reply: FastifyReply,
  key: string,
  expires: Date,
): void {
  const parts = [
    `${nameOf(config)}=${key}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Expires=${expires.toUTCString()}`,
    ...(config.publicUrl.startsWith('https:') ? ['Secure'] : []),
  ]
  reply.header('set-cookie', parts.join('; '))
}

/**
 * Whether a page of ours made the request: a browser names the origin of whatever is not a GET, and
 * every current one also says how it relates to ours (Fetch Metadata).
 */
export function isOwnPage({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return URL.canParse(headers.origin ?? '') && new URL(headers.origin!).host === headers.host
}
