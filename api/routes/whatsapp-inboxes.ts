// WhatsApp numbers at Meta: connected by the popup of Embedded Signup, or with a token.
import { readSignUp, readWhatsAppForm } from '../../channels/whatsapp-cloud/settings.ts'
import { ADMINS, callerOf } from '../auth.ts'
import { reconnect } from '../connect-form.ts'
import { connectInbox, NewInboxBody } from '../connect-inbox.ts'
import type { App, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { livingInbox, shownInbox } from '../own-inbox.ts'
import { InboxSchema } from '../resources/inbox.ts'
import { SignUpForm, WhatsAppForm } from '../resources/whatsapp-form.ts'
import { AccountParams, ItemParams, Nullable, replies, Type } from '../schemas.ts'

const Popup = Type.Object({
  app_id: Type.String(),
  config_id: Type.String(),
  graph_version: Type.String(),
  sdk_url: Type.String({ description: 'Of Meta’s JavaScript SDK' }),
  dialog_origin: Type.String({ description: 'Whose messages tell what came of the popup' }),
})

export function whatsAppInboxRoutes(app: App, deps: Deps): void {
  const { meta } = deps.config

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

  app.get(
    '/inboxes/whatsapp_cloud/sign_up',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'What opens Meta’s popup for users of the WhatsApp Business app',
        description: 'Null where the operator has set up no Embedded Signup.',
        params: AccountParams,
        response: replies(200, Type.Object({ popup: Nullable(Popup) })),
      },
    },
    async () => {
      if (!meta?.signupConfigId) return { popup: null }
      return {
        popup: {
          app_id: meta.appId,
          config_id: meta.signupConfigId,
          graph_version: meta.graphVersion,
          sdk_url: meta.sdkUrl,
          dialog_origin: new URL(meta.dialogUrl).origin,
        },
      }
    },
  )

  app.post(
    '/inboxes/whatsapp_cloud/sign_up',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Connect a number of the WhatsApp Business app with what Meta’s popup brought',
        description:
          'The phone goes on using the number. To be called at once: the code lives half a minute. ' +
          'The number is known once the workflow has traded the code; then its contacts and its ' +
          'history are asked for, and the inbox is importing until they are here.',
        params: AccountParams,
        body: Type.Intersect([NewInboxBody, SignUpForm]),
        response: replies(201, InboxSchema),
      },
    },
    async (request, reply) => {
      needApp()
      const { body } = request
      const { settings, code } = readSignUp(body)
      return connectInbox(deps, request, reply, body, {
        channel: 'whatsapp_cloud',
        // Until Meta has told the number.
        address: settings.waba_id,
        settings: { ...settings },
        code,
      })
    },
  )

  app.post(
    '/inboxes/:id/sign_up',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Connect a WhatsApp number again with what Meta’s popup brought',
        description: 'Another number is refused, and all stays as it was.',
        params: ItemParams,
        body: SignUpForm,
        response: replies(200, InboxSchema),
      },
    },
    async (request) => {
      const row = await livingInbox(deps.db, request)
      if (row.channel !== 'whatsapp_cloud') throw apiError('not_by_sign_in')
      needApp()
      const { number } = row.settings as { number?: string }
      const form = readSignUp(request.body, number)
      const { accountId, userId: actorUserId } = callerOf(request)
      const ref = { accountId, inboxId: row.id }
      await reconnect(deps, ref, { form, actorUserId }, localeOf(request))
      return shownInbox(deps, deps.db, request, row.id)
    },
  )

  function needApp(): void {
    if (!meta) throw apiError('sign_in_not_configured', { channel: 'whatsapp_cloud' })
  }
}
