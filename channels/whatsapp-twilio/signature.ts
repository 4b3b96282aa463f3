// Proof that Twilio sent a webhook: X-Twilio-Signature, by Twilio's own algorithm.
// https://www.twilio.com/docs/usage/security#validating-requests

import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { SignatureRefused } from '../errors.ts'
import type { WebhookRequest } from '../webhook.ts'
import { decodeForm } from './form.ts'
import type { TwilioCredentials } from './settings.ts'

export type SigningTokens = Pick<
  TwilioCredentials,
  'auth_token' | 'previous_auth_token' | 'previous_accepted_until'
>

/** @throws SignatureRefused unless one of the account's Auth Tokens made the signature */
export function verifyTwilio(request: WebhookRequest, tokens: SigningTokens): void {
  const signature = request.headers['x-twilio-signature']
  if (typeof signature !== 'string' || signature === '') throw new SignatureRefused('no signature')
  // A GET carries its parameters in the URL, which is signed as a whole.
  const params = request.method === 'GET' ? {} : decodeForm(request.body)
  const accepted = [tokens.auth_token, previousOf(tokens)].some(
    (token) => token && validateRequest(token, signature, request.url, params),
  )
  if (!accepted) throw new SignatureRefused('a wrong signature')
}

function previousOf({ previous_auth_token: token, previous_accepted_until: until }: SigningTokens) {
  return until !== undefined && Date.now() < Date.parse(until) ? token : undefined
}
