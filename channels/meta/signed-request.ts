// What Meta posts when a person takes the app's access back, or has it forget them. Pure.
// https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback

import { readSignedRequest } from '../../protocols/graph/signature.ts'
import { SignatureRefused } from '../errors.ts'
import { object, type SigningApp, text, timeOf } from './webhook.ts'

export interface Withdrawal {
  /** The person as the app knows them. */
  userId: string
  at: Date
}

/** `body`: a form with a `signed_request`. @throws SignatureRefused unless the app's secret made it */
export function readWithdrawal(
  body: Buffer,
  { appSecret }: SigningApp,
  receivedAt: Date,
): Withdrawal {
  const signed = new URLSearchParams(body.toString('utf8')).get('signed_request') ?? ''
  const said = object(readSignedRequest(signed, appSecret))
  const userId = text(said.user_id)
  if (userId === '') throw new SignatureRefused('no signed request')
  if (text(said.algorithm).toUpperCase() !== 'HMAC-SHA256') {
    throw new SignatureRefused('another algorithm')
  }
  return { userId, at: timeOf(said.issued_at, 's', receivedAt) }
}
