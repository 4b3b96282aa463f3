// The widget as its administrators see it: settings, scripts, tokens, testers, health. Its id is the
// inbox's.
import type { FastifyRequest } from 'fastify'
import {
  identityHash,
  isIdentityHash,
  judgeOrigin,
  newIdentityToken,
  newWebsiteToken,
  type WidgetCredentials,
  type WidgetSettings,
  widgetSettings,
} from '../../channels/widget/index.ts'
import { addAccountEvents } from '../../db/account-events.ts'
import { inTransaction } from '../../db/client.ts'
import { readCredentials, writeCredentials } from '../../db/credentials.ts'
import { lockInbox, patchInbox } from '../../db/inboxes.ts'
import { addToTimeline } from '../../db/timeline.ts'
import { listSightings } from '../../db/widget-sightings.ts'
import { ADMINS, callerOf, PEOPLE } from '../auth.ts'
import { connectInbox, NewInboxBody } from '../connect-inbox.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { livingInbox } from '../own-inbox.ts'
import { InboxSchema } from '../resources/inbox.ts'
import { WidgetForm, WidgetSettingsSchema } from '../resources/widget-form.ts'
import {
  AccountParams,
  Id,
  ItemParams,
  NoContent,
  Nullable,
  OneOf,
  replies,
  Time,
  Type,
} from '../schemas.ts'
import { cspLine, hashSnippets, pageSnippets } from '../widget-snippets.ts'

const Snippet = Type.Object({
  key: Type.String(),
  title: Type.String(),
  language: Type.String(),
  code: Type.String(),
})
const IdentityToken = Type.Object({ id: Id, created_at: Time })
const TokenParams = Type.Object({
  account_id: Id,
  id: Id,
  token_id: Id,
})

/** Kept alive at a time: one in use, one that takes over. */
const TOKENS = 2

export function widgetRoutes(app: App, deps: Deps): void {
  const { config, db, vault, clock } = deps

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
    async (request) => (await widgetOf(request)).settings,
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
      const { ref } = await widgetOf(request)
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
      const { settings } = await widgetOf(request)
      const place = { baseUrl: config.publicUrl, websiteToken: settings.website_token }
      return {
        page: pageSnippets(place),
        csp: cspLine(place),
        backend: hashSnippets(),
        mobile_url: `${config.publicUrl}/widget?website_token=${settings.website_token}`,
      }
    },
  )

  app.get(
    '/widgets/:id/identity_tokens',
    {
      config: ADMINS,
      schema: {
        tags: ['widget'],
        summary: 'Which identity tokens are alive; the tokens themselves are not shown again',
        params: ItemParams,
        response: replies(200, Type.Object({ data: Type.Array(IdentityToken) })),
      },
    },
    async (request) => ({ data: (await tokensOf(request)).map(shownToken) }),
  )

  app.post(
    '/widgets/:id/identity_tokens',
    {
      config: { ...ADMINS, secretReply: true },
      schema: {
        tags: ['widget'],
        summary: 'Make an identity token; it is shown in this answer only',
        description: 'Two may be alive, so that a back end can change over without a gap.',
        params: ItemParams,
        response: replies(201, Type.Object({ ...IdentityToken.properties, token: Type.String() })),
      },
    },
    async (request, reply) => {
      const made = newIdentityToken(clock())
      await changeTokens(request, 'identity_token_made', made.id, (tokens) => {
        if (tokens.length >= TOKENS) throw apiError('identity_tokens_full')
        return [...tokens, made]
      })
      return reply.code(201).send({ ...shownToken(made), token: made.token })
    },
  )

  app.delete(
    '/widgets/:id/identity_tokens/:token_id',
    {
      config: ADMINS,
      schema: {
        tags: ['widget'],
        summary: 'End an identity token: hashes made with it are refused from now on',
        params: TokenParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { token_id } = request.params
      await changeTokens(request, 'identity_token_ended', token_id, (tokens) => {
        const left = tokens.filter(({ id }) => id !== token_id)
        if (left.length === tokens.length) throw apiError('not_found')
        return left
      })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/widgets/:id/test_origin',
    {
      config: PEOPLE,
      schema: {
        tags: ['widget'],
        summary: 'Would a page be allowed to show the widget, and why',
        params: ItemParams,
        body: Type.Object({ url: Type.String({ maxLength: 2000 }) }),
        response: replies(
          200,
          Type.Object({
            origin: Type.String(),
            allowed: Type.Boolean(),
            because: OneOf([
              'open',
              'app',
              'rule',
              'no_rule_matches',
              'apex_not_covered',
              'app_page_not_listed',
            ] as const),
            rule: Nullable(Type.String()),
          }),
        ),
      },
    },
    async (request) => {
      const { settings } = await widgetOf(request)
      const origin = originOf(request.body.url)
      const verdict = judgeOrigin(settings.domains, origin)
      const rule = verdict.allowed ? verdict.rule : null
      return { origin, allowed: verdict.allowed, because: verdict.because, rule }
    },
  )

  app.post(
    '/widgets/:id/test_hash',
    {
      config: ADMINS,
      schema: {
        tags: ['widget'],
        summary: 'Is this the hash of this user, by which token',
        description: 'Tells what is wrong with a hash; never the right one.',
        params: ItemParams,
        body: Type.Object({
          identifier: Type.String({ minLength: 1, maxLength: 200 }),
          identifier_hash: Type.String({ maxLength: 200 }),
        }),
        response: replies(
          200,
          Type.Object({
            valid: Type.Boolean(),
            token_id: Nullable(Id),
            because: OneOf(['valid', 'no_token', 'not_hex_sha256', 'other_token_or_user'] as const),
          }),
        ),
      },
    },
    async (request) => {
      const tokens = await tokensOf(request)
      const { identifier, identifier_hash: hash } = request.body
      const by = tokens.find((token) => isIdentityHash([token], identifier, hash))
      const token_id = by?.id ?? null
      if (by) return { valid: true, token_id, because: 'valid' as const }
      if (tokens.length === 0) return { valid: false, token_id, because: 'no_token' as const }
      const looksRight =
        hash.trim().length === identityHash('', '').length && /^[\da-f\s]+$/i.test(hash)
      const because = looksRight ? ('other_token_or_user' as const) : ('not_hex_sha256' as const)
      return { valid: false, token_id, because }
    },
  )

  app.get(
    '/widgets/:id/health',
    {
      config: PEOPLE,
      schema: {
        tags: ['widget'],
        summary: 'Where the widget was seen or refused, and what is wrong with what pages tell it',
        params: ItemParams,
        response: replies(
          200,
          Type.Object({
            last_ping_at: Nullable(Time),
            sightings: Type.Array(
              Type.Object({
                kind: OneOf([
                  'origin_allowed',
                  'origin_blocked',
                  'hash_wrong',
                  'hash_missing',
                  'address_changed',
                  'contact_clash',
                ] as const),
                value: Type.String({ description: 'The origin, or the identifier' }),
                count: Type.Integer(),
                first_at: Time,
                last_at: Time,
                warning: Type.Boolean(),
              }),
            ),
          }),
        ),
      },
    },
    async (request) => {
      const { ref } = await widgetOf(request)
      const rows = await listSightings(db, ref.accountId, ref.inboxId)
      const seen = rows.find(({ kind }) => kind === 'origin_allowed')
      return {
        last_ping_at: seen?.last_at.toISOString() ?? null,
        sightings: rows.map(({ kind, value, count, first_at, last_at }) => ({
          kind,
          value,
          count,
          first_at: first_at.toISOString(),
          last_at: last_at.toISOString(),
          // One person changes an address now and then; an identifier that is the same for all does
          // at every visit.
          warning: kind !== 'origin_allowed' && (kind !== 'address_changed' || count >= 3),
        })),
      }
    },
  )

  async function widgetOf(request: FastifyRequest) {
    const row = await livingInbox(db, request)
    if (row.channel !== 'web_widget') throw apiError('not_found')
    const ref = { accountId: row.account_id, inboxId: row.id }
    return { ref, settings: row.settings as WidgetSettings }
  }

  async function tokensOf(request: FastifyRequest) {
    const { ref } = await widgetOf(request)
    const stored = await readCredentials(db, vault, ref.accountId, ref.inboxId)
    return (stored as WidgetCredentials | undefined)?.identity_tokens ?? []
  }

  async function changeTokens(
    request: FastifyRequest,
    kind: string,
    tokenId: number,
    change: (tokens: WidgetCredentials['identity_tokens']) => WidgetCredentials['identity_tokens'],
  ): Promise<void> {
    const { ref } = await widgetOf(request)
    const { userId } = callerOf(request)
    await inTransaction(db, async (trx) => {
      // One change at a time, or one of two tokens made at once would be lost.
      await lockInbox(trx, ref.accountId, ref.inboxId)
      const stored = await readCredentials(trx, vault, ref.accountId, ref.inboxId)
      const tokens = (stored as WidgetCredentials | undefined)?.identity_tokens ?? []
      await writeCredentials(trx, vault, ref, { identity_tokens: change(tokens) }, clock())
      await addToTimeline(trx, ref, kind, { token_id: tokenId }, userId)
    })
  }
}

const shownToken = ({ id, createdAt }: WidgetCredentials['identity_tokens'][number]) => ({
  id,
  created_at: createdAt,
})

/** Of a whole address, or of a bare host as people type it. */
function originOf(url: string): string {
  const text = url.trim()
  if (text === '' || text === 'null') return text
  const whole = text.includes('://') ? text : `https://${text}`
  if (!URL.canParse(whole)) return text
  const { origin, protocol, host } = new URL(whole)
  return origin === 'null' ? `${protocol}//${host}` : origin
}
