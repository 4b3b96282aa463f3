// The start of a sign-in: what it is known by, made anew each time.
import { randomBytes } from 'node:crypto'
import type { Consent } from './channel.ts'

/** `redirectUri`: where the provider sends the person back, as it is registered there. */
export function newConsent(redirectUri: string): Consent {
  return { state: newSecret(), nonce: newSecret(), verifier: newSecret(), redirectUri }
}

/** 256 random bits as 43 characters of base64url. */
function newSecret(): string {
  return randomBytes(32).toString('base64url')
}
