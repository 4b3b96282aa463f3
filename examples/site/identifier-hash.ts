// The proof that a back end knows its user, as the help-centre article shows it. It prints nothing:
// a hash in a log lets whoever reads the log be that user.
import { createHmac } from 'node:crypto'

/** Hex HMAC-SHA256; a number and its text are the same user. */
export function identifierHash(userIdentifier: string | number, hmacToken: string): string {
  if (!userIdentifier) throw new Error('userIdentifier is required')
  return createHmac('sha256', hmacToken).update(userIdentifier.toString()).digest('hex')
}
