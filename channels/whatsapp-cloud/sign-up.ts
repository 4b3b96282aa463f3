// Embedded Signup: the code of Meta's popup, traded for an access that does not expire.
// https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users

import type { GraphError } from '../../protocols/graph/graph-error.ts'
import type { MetaAccess } from '../meta/access.ts'
import { calling } from '../meta/errors.ts'
import { text } from '../meta/webhook.ts'
import type { WhatsAppCredentials } from './settings.ts'

/** @throws ChannelError `code_refused` when it was used or is too old */
export async function exchangeCode(
  { graph, app }: MetaAccess,
  code: string,
): Promise<WhatsAppCredentials> {
  // Without redirect_uri: the popup has none, and Meta refuses any.
  const { body } = await calling({ graph, own: codeMeaning }, () =>
    graph.call({
      path: 'oauth/access_token',
      query: { client_id: app.appId, client_secret: app.appSecret, code },
    }),
  )
  return { access_token: text(body.access_token) }
}

function codeMeaning({ code, subcode }: GraphError) {
  const spent = code === 100 && [36007, 36008, 36009].includes(subcode)
  return spent ? { kind: 'ActionRequired' as const, reason: 'code_refused' } : undefined
}
