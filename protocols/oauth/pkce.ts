// Proof that who trades a code is who asked for it (RFC 7636).
import { createHash } from 'node:crypto'

/** The `S256` code challenge of a verifier (RFC 7636 4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}
