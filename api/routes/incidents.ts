// What failed in an inbox, since when, how it was told and what was recovered.
import { type IncidentRow, listIncidentRows } from '../../db/views/incidents.ts'
import { type Locale, reasonText } from '../../locales/texts.ts'
import { callerOf, PEOPLE } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { localeOf } from '../errors.ts'
import { ownInbox } from '../own-inbox.ts'
import { idCursor, pageOf } from '../pages.ts'
import {
  AsText,
  Id,
  ItemParams,
  Nullable,
  OneOf,
  PageQuery,
  pageSchema,
  replies,
  Time,
  Type,
} from '../schemas.ts'

const Incident = Type.Object({
  id: Id,
  direction: OneOf(['receive', 'send'] as const),
  status: Type.String(),
  reason: Type.String(),
  message: Type.String(),
  remedy: Type.String(),
  evidence: Nullable(Type.String({ description: 'The server’s own words' })),
  opened_at: Time,
  last_seen_at: Time,
  closed_at: Nullable(Time),
  told_at: Nullable(Time),
  recovered: Type.Integer({
    description: 'Messages that reached the mailbox while it lasted and us after it',
  }),
})

export function incidentRoutes(app: App, { db }: Deps): void {
  app.get(
    '/inboxes/:id/incidents',
    {
      config: PEOPLE,
      schema: {
        tags: ['timeline'],
        summary: 'What failed in an inbox, newest first',
        params: ItemParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(Incident)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit } = request.query
      const { id } = await ownInbox(db, request)
      const page = { beforeId: idCursor(cursor), limit: limit + 1 }
      const rows = await listIncidentRows(db, accountId, id, page)
      const locale = localeOf(request)
      return pageOf(
        rows,
        limit,
        (row) => [row.id],
        (row) => presented(row, locale),
      )
    },
  )
}

function presented({ notified_at, ...row }: IncidentRow, locale: Locale) {
  const [message, remedy] = reasonText(row.reason, locale)
  return {
    ...row,
    message,
    remedy,
    opened_at: row.opened_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    closed_at: AsText(row.closed_at),
    told_at: AsText(notified_at),
  }
}
