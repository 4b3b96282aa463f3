// Proof that Twilio sent a webhook: X-Twilio-Signature, by Twilio's own algorithm.
// https://www.twilio.com/docs/usage/security#validating-requests

import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { SignatureRefused } from '../errors.ts'
import type { WebhookRequest } from '../webhook.ts'
import { decodeForm } from './form.ts'

export interface SigningTokens {
  auth_token: string
  /** Of before a rotation: Twilio signs with it until the new one is promoted. */
  previous_auth_token?: string | undefined
}

/** @throws SignatureRefused unless one of the account's Auth Tokens made the signature */
export function verifyTwilio(request: WebhookRequest, tokens: SigningTokens): void {
  const signature = request.headers['x-twilio-signature']
  if (typeof signature !== 'string' || signature === '') throw new SignatureRefused('no signature')
  // A GET carries its parameters in the URL, which is signed as a whole.
  const params = request.method === 'GET' ? {} : decodeForm(request.body)
  const accepted = [tokens.auth_token, tokens.previous_auth_token].some(
    (token) => token && validateRequest(token, signature, request.url, params),
  )
  if (!accepted) throw new SignatureRefused('a wrong signature')
}
