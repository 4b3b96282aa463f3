// Who answers a conversation at the moment: the only thing of the kind that Meta tells when it is
// asked, and for a thread that somebody owns alone.
// https://developers.facebook.com/docs/messenger-platform/conversation-routing

import type { ChannelError } from '../errors.ts'
import type { MetaAccess } from '../meta/access.ts'
import { calling } from '../meta/errors.ts'
import { list, object, text } from '../meta/webhook.ts'
import type { ShownReceiver } from '../webhook.ts'
import { sendContext } from './send.ts'
import type { InstagramConnection } from './settings.ts'

/** Undefined: nobody owns it, as after a day of rest. @throws ChannelError */
export async function threadOwner(
  access: MetaAccess,
  connection: InstagramConnection,
  { product, id }: { product: ShownReceiver['product']; id: string },
): Promise<ShownReceiver | undefined> {
  const context = sendContext(access, connection)
  const { body } = await calling(context, () =>
    access.graph.call({
      path: `${connection.settings.page_id}/thread_owner`,
      token: context.token,
      query: { recipient: id },
    }),
  )
  const [first] = list(body.data)
  const owner = text(object(first?.thread_owner).app_id)
  return owner === '' ? undefined : { product, owner, what: 'thread_owner' }
}

/** A send that was refused because another app has the thread. */
export function ownerShownBy(
  { details }: ChannelError,
  product: ShownReceiver['product'],
): ShownReceiver | undefined {
  const isSo = details.reason === 'other_app_answers'
  return isSo ? { product, owner: 'other', what: details.evidence ?? 'send' } : undefined
}
