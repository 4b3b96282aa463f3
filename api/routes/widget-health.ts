// Where a widget may be shown, where it was, and what is wrong with what pages tell it.
import { judgeOrigin } from '../../channels/widget/index.ts'
import { listSightings } from '../../db/widget-sightings.ts'
import { PEOPLE } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { ownWidget } from '../own-widget.ts'
import { ItemParams, Nullable, OneOf, replies, Time, Type } from '../schemas.ts'

export function widgetHealthRoutes(app: App, { db }: Deps): void {
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
      const { settings } = await ownWidget(db, request)
      const origin = originOf(request.body.url)
      const verdict = judgeOrigin(settings.domains, origin)
      const rule = verdict.allowed ? verdict.rule : null
      return { origin, allowed: verdict.allowed, because: verdict.because, rule }
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
      const { ref } = await ownWidget(db, request)
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
}

/** Of a whole address, or of a bare host as people type it. */
function originOf(url: string): string {
  const text = url.trim()
  if (text === '' || text === 'null') return text
  const whole = text.includes('://') ? text : `https://${text}`
  if (!URL.canParse(whole)) return text
  const { origin, protocol, host } = new URL(whole)
  return origin === 'null' ? `${protocol}//${host}` : origin
}
