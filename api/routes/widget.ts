// The widget as its administrators see it: settings and scripts. Its id is the inbox's.
import {
  newWebsiteToken,
  type WidgetCredentials,
  type WidgetSettings,
  widgetSettings,
} from '../../channels/widget/index.ts'
import { addAccountEvents } from '../../db/account-events.ts'
import { inTransaction } from '../../db/client.ts'
import { lockInbox, patchInbox } from '../../db/inboxes.ts'
import { addToTimeline } from '../../db/timeline.ts'
import { ADMINS, callerOf, PEOPLE } from '../auth.ts'
import { connectInbox, NewInboxBody } from '../connect-inbox.ts'
import type { App, Deps } from '../context.ts'
import { ownWidget } from '../own-widget.ts'
import { InboxSchema } from '../resources/inbox.ts'
import { WidgetForm, WidgetSettingsSchema } from '../resources/widget-form.ts'
import { AccountParams, ItemParams, replies, Type } from '../schemas.ts'
import { cspLine, hashSnippets, pageSnippets } from '../widget-snippets.ts'

const Snippet = Type.Object({
  key: Type.String(),
  title: Type.String(),
  language: Type.String(),
  code: Type.String(),
})

export function widgetRoutes(app: App, deps: Deps): void {
  const { config, db } = deps

  app.post(
    '/widgets',
    {
      config: ADMINS,
      schema: {
        tags: ['widget'],
        summary: 'Connect a web widget',
        description: 'Answers at once; the widget answers visitors when its state is active.',
        params: AccountParams,
        body: Type.Intersect([NewInboxBody, Type.Partial(WidgetForm)]),
        response: replies(201, InboxSchema),
      },
    },
    async (request, reply) => {
      const { body } = request
      const form = Object.fromEntries(
        Object.keys(WidgetForm.properties).map((key) => [key, body[key as keyof typeof body]]),
      )
      const settings = widgetSettings({ website_token: newWebsiteToken() }, form)
      return connectInbox(deps, request, reply, body, {
        channel: 'web_widget',
        address: settings.website_token,
        channelKey: `web_widget:${settings.website_token}`,
        settings: { ...settings },
        credentials: { identity_tokens: [] } satisfies WidgetCredentials,
      })
    },
  )

  app.get(
    '/widgets/:id',
    {
      config: PEOPLE,
      schema: {
        tags: ['widget'],
        summary: 'Settings of a web widget',
        params: ItemParams,
        response: replies(200, WidgetSettingsSchema),
      },
    },
    async (request) => (await ownWidget(db, request)).settings,
  )

  app.patch(
    '/widgets/:id',
    {
      config: ADMINS,
      schema: {
        tags: ['widget'],
        summary: 'Change settings of a web widget',
        description: 'Takes effect when a visitor’s page is loaded next.',
        params: ItemParams,
        body: Type.Partial(WidgetForm),
        response: replies(200, WidgetSettingsSchema),
      },
    },
    async (request) => {
      const { userId } = callerOf(request)
      const { ref } = await ownWidget(db, request)
      return inTransaction(db, async (trx) => {
        const row = await lockInbox(trx, ref.accountId, ref.inboxId)
        const settings = widgetSettings(row?.settings as WidgetSettings, request.body)
        await patchInbox(trx, ref.accountId, ref.inboxId, { settings })
        const changed = { fields: Object.keys(request.body) }
        await addToTimeline(trx, ref, 'widget_changed', changed, userId)
        const data = { inbox_id: ref.inboxId }
        await addAccountEvents(trx, ref.accountId, [{ kind: 'inbox.updated', data }])
        return settings
      })
    },
  )

  app.get(
    '/widgets/:id/scripts',
    {
      config: PEOPLE,
      schema: {
        tags: ['widget'],
        summary: 'Scripts to paste: for pages, with and without identity, and for back ends',
        params: ItemParams,
        response: replies(
          200,
          Type.Object({
            page: Type.Array(Snippet),
            csp: Type.String({ description: 'What a Content-Security-Policy has to allow' }),
            backend: Type.Array(Snippet),
            mobile_url: Type.String({ description: 'A page for the view of a mobile app' }),
          }),
        ),
      },
    },
    async (request) => {
      const { settings } = await ownWidget(db, request)
      const place = { baseUrl: config.publicUrl, websiteToken: settings.website_token }
      return {
        page: pageSnippets(place),
        csp: cspLine(place),
        backend: hashSnippets(),
        mobile_url: `${config.publicUrl}/widget?website_token=${settings.website_token}`,
      }
    },
  )
}
