// How a contact is called. Meta often will not say, and that is no fault of a message.
// https://developers.facebook.com/docs/messenger-platform/identity/user-profile

import type { GraphError } from '../../protocols/graph/graph-error.ts'
import { ChannelError } from '../errors.ts'
import type { MetaAccess } from '../meta/access.ts'
import { calling } from '../meta/errors.ts'
import { text } from '../meta/webhook.ts'
import { sendContext } from './send.ts'
import type { InstagramConnection } from './settings.ts'

/** Undefined: nobody may know. @throws ChannelError when time or a new sign-in may tell */
export async function nameOfContact(
  access: MetaAccess,
  connection: InstagramConnection,
  { product, id }: { product: 'instagram' | 'messenger'; id: string },
): Promise<string | undefined> {
  const context = { ...sendContext(access, connection), own: unknownPerson }
  try {
    const { body } = await calling(context, () =>
      access.graph.call({
        path: encodeURIComponent(id),
        token: context.token,
        query: { fields: product === 'instagram' ? 'name,username' : 'first_name,last_name' },
      }),
    )
    const whole = [text(body.first_name), text(body.last_name)].filter(Boolean).join(' ')
    return text(body.name) || text(body.username) || whole || undefined
  } catch (error) {
    // Consent that was not given (230), people who blocked the page, accounts that are gone; and
    // permissions that only profiles need.
    if (error instanceof ChannelError && SAYS_NO.has(error.kind)) return undefined
    throw error
  }
}

/** No consent, no such person, or one who blocked the page. */
function unknownPerson({ code }: GraphError) {
  const isSo = code === 100 || code === 230 || code === 551
  return isSo ? { kind: 'MessageRejected' as const, reason: 'recipient_unavailable' } : undefined
}

const SAYS_NO = new Set(['MessageRejected', 'ActionRequired'])
