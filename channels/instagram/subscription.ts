// Which of a page's events Meta tells us. It stops by itself after an hour of failures.
// https://developers.facebook.com/docs/messenger-platform/webhooks#subscribe-to-meta-webhooks

import type { MetaAccess } from '../meta/access.ts'
import { calling } from '../meta/errors.ts'
import { list, text } from '../meta/webhook.ts'
import { sendContext } from './send.ts'
import type { InstagramConnection } from './settings.ts'

const FIELDS = [
  'messages',
  'messaging_postbacks',
  'message_echoes',
  'message_reads',
  'message_deliveries',
  'message_reactions',
  'standby',
  'messaging_handovers',
]

/** True: it was missing, wholly or in part, and is there again. @throws ChannelError */
export async function ensureSubscribed(
  access: MetaAccess,
  connection: InstagramConnection,
): Promise<boolean> {
  if (await isSubscribed(access, connection)) return false
  await call(access, connection, 'POST', { subscribed_fields: FIELDS.join(',') })
  return true
}

/** The app is told no more of this page. @throws ChannelError */
export async function unsubscribe(
  access: MetaAccess,
  connection: InstagramConnection,
): Promise<void> {
  await call(access, connection, 'DELETE')
}

async function isSubscribed(access: MetaAccess, connection: InstagramConnection) {
  const apps = list((await call(access, connection, 'GET')).data)
  const own = apps.find(({ id }) => text(id) === access.app.appId)
  const fields = own?.subscribed_fields
  return Array.isArray(fields) && FIELDS.every((field) => fields.includes(field))
}

async function call(
  access: MetaAccess,
  connection: InstagramConnection,
  method: 'GET' | 'POST' | 'DELETE',
  query: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const context = sendContext(access, connection)
  const path = `${connection.settings.page_id}/subscribed_apps`
  const { body } = await calling(context, () =>
    access.graph.call({ method, path, token: context.token, query }),
  )
  return body
}
