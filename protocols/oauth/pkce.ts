// What binds a sign-in to the one who began it: unguessable texts, and the challenge of RFC 7636.
import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits as 43 characters of base64url: a state, a nonce or a code verifier. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** The `S256` code challenge of a verifier (RFC 7636 4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}
