// Proof that a site's own back end knows the visitor: hex HMAC-SHA256 of the identifier.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A secret of the site. Two may live at a time, so that one can be replaced without a gap. */
export interface IdentityToken {
  /** Milliseconds of when it was made. */
  id: number
  token: string
  createdAt: string
}

export function newIdentityToken(now: Date): IdentityToken {
  return {
    id: now.getTime(),
    token: randomBytes(24).toString('base64url'),
    createdAt: now.toISOString(),
  }
}

/** What the site computes for a user: hex, lower case. */
export function identityHash(token: string, identifier: string): string {
  return createHmac('sha256', token).update(identifier).digest('hex')
}

/** By any of the living tokens, in constant time. */
export function isIdentityHash(
  tokens: readonly IdentityToken[],
  identifier: string,
  hash: string,
): boolean {
  const given = Buffer.from(hash.trim().toLowerCase())
  // Each is compared, so that the time tells nothing of which one matched.
  return tokens
    .map(({ token }) => {
      const ours = Buffer.from(identityHash(token, identifier))
      return ours.length === given.length && timingSafeEqual(ours, given)
    })
    .some(Boolean)
}
