// Embedded Signup: what the popup brings, traded for an access that does not expire.
// https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users

import type { GraphError } from '../../protocols/graph/graph-error.ts'
import { ChannelError } from '../errors.ts'
import type { MetaAccess } from '../meta/access.ts'
import { calling } from '../meta/errors.ts'
import { isOnPhone, listNumbers } from './calls.ts'
import type { WhatsAppConnection } from './settings.ts'

export interface SignedUp {
  /** Lives about half a minute, and is good for once. */
  code: string
  wabaId: string
  /** The popup for Business-app users names none. */
  phoneNumberId: string | null
}

/** @throws ChannelError */
export async function tradeSignUp(
  access: MetaAccess,
  { code, wabaId, phoneNumberId }: SignedUp,
): Promise<WhatsAppConnection> {
  const { graph, app } = access
  // Without redirect_uri: the popup has none, and Meta refuses any.
  const { body } = await calling({ graph, own: codeMeaning }, () =>
    graph.call({
      path: 'oauth/access_token',
      query: { client_id: app.appId, client_secret: app.appSecret, code },
    }),
  )
  const connection: WhatsAppConnection = {
    settings: { number: '', phone_number_id: '', waba_id: wabaId, coexistence: false },
    credentials: { access_token: String(body.access_token) },
  }
  const numbers = await listNumbers(access, connection)
  const chosen = phoneNumberId === null ? numbers : numbers.filter(({ id }) => id === phoneNumberId)
  const [only, ...others] = chosen
  if (only === undefined || others.length > 0) {
    throw new ChannelError('ActionRequired', { reason: 'number_not_in_account' })
  }
  connection.settings.number = only.number
  connection.settings.phone_number_id = only.id
  connection.settings.coexistence = await isOnPhone(access, connection)
  return connection
}

function codeMeaning({ code, subcode }: GraphError) {
  const spent = code === 100 && [36007, 36008, 36009].includes(subcode)
  return spent ? { kind: 'ActionRequired' as const, reason: 'code_refused' } : undefined
}
