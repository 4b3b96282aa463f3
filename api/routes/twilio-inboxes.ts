// WhatsApp through Twilio: connect a number, and see whether its webhooks lead here.
import { inboxWebhookOf, webhookPath } from '../../channels/pushed.ts'
import { readTwilioForm, type TwilioSettings } from '../../channels/whatsapp-twilio/settings.ts'
import { deliveryTimes } from '../../db/inbound-deliveries.ts'
import { listTemplates } from '../../db/templates.ts'
import { texts } from '../../locales/texts.ts'
import { ADMINS, callerOf, EVERYBODY } from '../auth.ts'
import { connectInbox, NewInboxBody } from '../connect-inbox.ts'
import type { App, Deps } from '../context.ts'
import { localeOf } from '../errors.ts'
import { ownInbox } from '../own-inbox.ts'
import { InboxSchema } from '../resources/inbox.ts'
import { TwilioForm } from '../resources/twilio-form.ts'
import {
  AccountParams,
  AsText,
  ItemParams,
  Nullable,
  OneOf,
  replies,
  Time,
  Type,
} from '../schemas.ts'

const Create = Type.Intersect([NewInboxBody, TwilioForm])

const Webhook = Type.Object({
  url: Nullable(
    Type.String({ description: 'Asks for three more tries: the part behind # is for Twilio' }),
  ),
  state: OneOf(
    ['set', 'pending', 'manual', 'none'] as const,
    'none: the channel needs no webhook; set: Twilio confirmed it; pending: not yet; manual: to be pasted, see steps',
  ),
  steps: Type.Array(Type.String()),
  first_delivery_at: Nullable(Time),
  last_delivery_at: Nullable(Time),
  messaging_service_sid: Nullable(
    Type.String({ description: 'The sender sits in one, whose own webhook would win' }),
  ),
})

const Template = Type.Object({
  id: Type.String(),
  name: Type.String(),
  language: Type.String(),
  body: Type.String(),
  variables: Type.Record(Type.String(), Type.String()),
  approved: Type.Boolean({ description: 'May also be sent outside the 24 hour window' }),
})

export function twilioInboxRoutes(app: App, deps: Deps): void {
  const { db, config } = deps

  app.post(
    '/inboxes/whatsapp_twilio',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Connect a WhatsApp number through Twilio',
        description:
          'Answers at once; the workflow verifies account and number, then leads the sender’s ' +
          'webhooks here where Twilio’s API allows it. Native buttons, lists and forms are not ' +
          'available on this channel: use WhatsApp Cloud for them, or approved templates.',
        params: AccountParams,
        body: Create,
        response: replies(201, InboxSchema),
      },
    },
    async (request, reply) => {
      const { body } = request
      const { settings, credentials } = readTwilioForm(body)
      return connectInbox(deps, request, reply, body, {
        channel: 'whatsapp_twilio',
        address: settings.number,
        settings: { ...settings },
        credentials: { ...credentials },
      })
    },
  )

  app.get(
    '/inboxes/:id/webhook',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Where the provider is to send messages, and whether it has',
        description: 'Times are of deliveries that are still kept.',
        params: ItemParams,
        response: replies(200, Webhook),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const inbox = await ownInbox(db, request)
      const { callback } = inbox.settings as unknown as TwilioSettings
      const { first, last, messagingServiceSid } = await deliveryTimes(db, accountId, inbox.id)
      const times = {
        first_delivery_at: AsText(first),
        last_delivery_at: AsText(last),
        messaging_service_sid: messagingServiceSid,
      }
      if (inboxWebhookOf(inbox.channel) === undefined) {
        return { url: null, state: 'none' as const, steps: [], ...times }
      }
      const { phrases } = texts[localeOf(request)]
      return {
        url: `${config.publicUrl}${webhookPath(inbox.channel, inbox.id)}#rc=3&rp=all`,
        state: callback?.state ?? 'pending',
        steps: phrases.twilio_webhook_steps.split('\n'),
        ...times,
      }
    },
  )

  app.get(
    '/inboxes/:id/templates',
    {
      config: EVERYBODY,
      schema: {
        tags: ['inboxes'],
        summary: 'Templates that the provider keeps for this inbox',
        description: 'As of the last hourly look; POST /inboxes/{id}/sync looks at once.',
        params: ItemParams,
        response: replies(200, Type.Object({ data: Type.Array(Template) })),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = await ownInbox(db, request)
      return { data: await listTemplates(db, accountId, id) }
    },
  )
}
