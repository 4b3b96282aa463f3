// Who signed in, by the id token that came with the access token (OpenID Connect Core 3.1.3.7). It
// comes straight from the token endpoint over TLS, which stands in for its signature there.

export interface IdTokenClaims {
  iss: string
  sub: string
  email?: string
  email_verified?: boolean
  preferred_username?: string
  upn?: string
  /** Microsoft: the tenant, and the account in it. */
  tid?: string
  oid?: string
}

/** The token is not for us, not of this sign-in, or no token at all. */
export class InvalidIdToken extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'InvalidIdToken'
  }
}

/** Clocks may differ by so much. */
const LEEWAY_S = 300

/** @throws InvalidIdToken */
export function claimsOf(
  token: string | null | undefined,
  expected: {
    audience: string
    nonce: string
    isIssuer(claims: IdTokenClaims): boolean
    now: Date
  },
): IdTokenClaims {
  const claims = decoded(token ?? '') as unknown as IdTokenClaims & Record<string, unknown>
  if (typeof claims.sub !== 'string' || typeof claims.iss !== 'string') fail('it names nobody')
  const audiences = [claims.aud].flat()
  if (!audiences.includes(expected.audience)) fail('it is for another app')
  if (audiences.length > 1 && claims.azp !== expected.audience) fail('it is for several apps')
  if (!expected.isIssuer(claims)) fail('another issuer made it')
  if (claims.nonce !== expected.nonce) fail('it is of another sign-in')
  if (typeof claims.exp !== 'number' || claims.exp + LEEWAY_S < expected.now.getTime() / 1000) {
    fail('it has expired')
  }
  return claims
}

function decoded(token: string): Record<string, unknown> {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    if (typeof claims === 'object' && claims !== null) return claims
  } catch {
    // Said below, without repeating what came.
  }
  return fail('it cannot be read')
}

function fail(why: string): never {
  throw new InvalidIdToken(`The id token is refused: ${why}`)
}
