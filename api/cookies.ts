// Cookies of ours: only for this host, out of reach of scripts.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'

export type Address = Pick<Config, 'publicUrl'>

/** `__Host-`: only over TLS, only this host (RFC 6265bis 4.1.3). Without TLS, as on localhost, not. */
export const cookieName = ({ publicUrl }: Address, name: string) =>
  publicUrl.startsWith('https:') ? `__Host-${name}` : name

export function cookieOf(
  config: Address,
  { headers }: FastifyRequest,
  name: string,
): string | undefined {
  const wanted = cookieName(config, name)
  for (const pair of headers.cookie?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=')
    if (key === wanted && value && value.length <= 200) return value
  }
  return undefined
}

/**
 * `Lax` where another site sends the browser here, `None` where a page of another site asks us; without
 * TLS browsers take no `None`. @param expires the past removes it
 */
export function sendCookie(
  config: Address,
  reply: FastifyReply,
  { name, value, expires }: { name: string; value: string; expires: Date },
  sameSite: 'Strict' | 'Lax' | 'None' = 'Strict',
): void {
  const secure = config.publicUrl.startsWith('https:')
  const parts = [
    `${cookieName(config, name)}=${value}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${sameSite === 'None' && !secure ? 'Lax' : sameSite}`,
    `Expires=${expires.toUTCString()}`,
    ...(secure ? ['Secure'] : []),
  ]
  reply.header('set-cookie', parts.join('; '))
}
