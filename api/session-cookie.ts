// The cookie that carries a session, and what keeps other sites from using it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Address, cookieOf, sendCookie } from './cookies.ts'

export function sessionOf(config: Address, request: FastifyRequest): string | undefined {
  return cookieOf(config, request, 'session')
}

/** @param expires the past ends the session in the browser too */
export function sendSession(
  config: Address,
  reply: FastifyReply,
  key: string,
  expires: Date,
): void {
  sendCookie(config, reply, { name: 'session', value: key, expires })
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
