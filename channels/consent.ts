// The start of a sign-in, which is known by what is made anew each time, and what one may come to.
import { randomBytes } from 'node:crypto'
import type { ChannelType } from '../domain/inbox.ts'
import type { Consent, Offers } from './channel.ts'

/** `redirectUri`: where the provider sends the person back, as it is registered there. */
export function newConsent(redirectUri: string): Consent {
  return { state: newSecret(), nonce: newSecret(), verifier: newSecret(), redirectUri }
}

/** 256 random bits as 43 characters of base64url. */
function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What a sign-in without an inbox has come to, sealed in its draft. */
export interface SignInOutcome {
  channel: ChannelType
  offers?: Offers
  /** Why there are none, for good; has a text in locales/. */
  failure?: string
}
