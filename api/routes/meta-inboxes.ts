// WhatsApp by Meta's Cloud API, connected with a token that somebody brings.
import { readWhatsAppForm } from '../../channels/whatsapp-cloud/settings.ts'
import { ADMINS } from '../auth.ts'
import { connectInbox, NewInboxBody } from '../connect-inbox.ts'
import type { App, Deps } from '../context.ts'
import { InboxSchema } from '../resources/inbox.ts'
import { WhatsAppForm } from '../resources/whatsapp-form.ts'
import { AccountParams, replies, Type } from '../schemas.ts'

export function metaInboxRoutes(app: App, deps: Deps): void {
  app.post(
    '/inboxes/whatsapp_cloud',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Connect a WhatsApp number by Meta’s Cloud API',
        description:
          'Answers at once; the workflow proves that the number is the account’s and has its ' +
          'messages told to this installation’s app. Buttons, lists and forms are native here.',
        params: AccountParams,
        body: Type.Intersect([NewInboxBody, WhatsAppForm]),
        response: replies(201, InboxSchema),
      },
    },
    async (request, reply) => {
      const { body } = request
      const { settings, credentials } = readWhatsAppForm(body)
      return connectInbox(deps, request, reply, body, {
        channel: 'whatsapp_cloud',
        address: settings.number,
        settings: { ...settings },
        credentials: { ...credentials },
      })
    },
  )
}
