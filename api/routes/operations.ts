// What people watch: quarantined mails, an inbox's timeline, their notifications.
import { markNotificationRead, settleQuarantine } from '../../db/person-changes.ts'
import {
  findQuarantineRow,
  listNotificationRows,
  listQuarantineRows,
  listTimelineRows,
  type NotificationRow,
  type QuarantineRow,
  type TimelineRow,
} from '../../db/views/operations.ts'
import { type Locale, reasonText } from '../../locales/texts.ts'
import { ADMINS, callerOf, PEOPLE, visible } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { once } from '../idempotency.ts'
import { ownInbox } from '../own-inbox.ts'
import { idCursor, pageOf } from '../pages.ts'
import {
  AccountParams,
  AsText,
  Id,
  ItemParams,
  JsonObject,
  NoContent,
  Nullable,
  OneOf,
  PageQuery,
  pageQuery,
  pageSchema,
  replies,
  type Static,
  Time,
  Type,
} from '../schemas.ts'

const QUARANTINE = ['waiting', 'retrying', 'stored', 'dismissed'] as const
const Quarantined = Type.Object({
  id: Id,
  inbox_id: Id,
  folder: Type.String(),
  uid: Type.Integer(),
  reason: Type.String(),
  message: Type.String(),
  remedy: Type.String(),
  evidence: Nullable(Type.String()),
  size: Nullable(Type.Integer()),
  status: OneOf(QUARANTINE),
  tries: Type.Integer(),
  created_at: Time,
  updated_at: Time,
})
const TimelineEntry = Type.Object({
  id: Id,
  kind: Type.String(),
  data: JsonObject,
  actor_user_id: Nullable(Id),
  created_at: Time,
})
const Notification = Type.Object({
  id: Id,
  kind: Type.String(),
  inbox_id: Nullable(Id),
  conversation_id: Nullable(Id),
  data: JsonObject,
  read_at: Nullable(Time),
  created_at: Time,
})

export function operationRoutes(app: App, deps: Deps): void {
  const { db, temporal } = deps

  app.get(
    '/inboxes/:id/quarantine',
    {
      config: PEOPLE,
      schema: {
        tags: ['quarantine'],
        summary: 'Mails that could not be read or stored',
        params: ItemParams,
        querystring: Type.Object({ status: Type.Optional(OneOf(QUARANTINE)), ...pageQuery }),
        response: replies(200, pageSchema(Quarantined)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit, status } = request.query
      const { id } = await ownInbox(db, request)
      const filter = { status, beforeId: idCursor(cursor), limit: limit + 1 }
      const rows = await listQuarantineRows(db, accountId, id, filter)
      const locale = localeOf(request)
      return pageOf(
        rows,
        limit,
        (row) => [row.id],
        (row) => presentQuarantined(row, locale),
      )
    },
  )

  for (const [verb, status] of [
    ['retry', 'retrying'],
    ['dismiss', 'dismissed'],
  ] as const) {
    app.post(
      `/quarantine/:id/${verb}`,
      {
        config: ADMINS,
        schema: {
          tags: ['quarantine'],
          summary: verb === 'retry' ? 'Read the mail again' : 'Leave the mail in the mailbox',
          params: ItemParams,
          response: replies(200, Quarantined),
        },
      },
      async (request, reply) => {
        const caller = callerOf(request)
        const { accountId, userId } = caller
        const { id } = request.params
        const found = await findQuarantineRow(db, accountId, id)
        const { inbox_id } = visible(caller, found, (row) => row.inbox_id)
        const settled = await once(deps, request, reply, 200, async (trx) => {
          const row = await settleQuarantine(trx, accountId, id, status, userId)
          if (row === undefined) throw apiError('quarantine_settled')
          return presentQuarantined(row, localeOf(request))
        })
        if (verb === 'retry') {
          // The next cycle reads what is marked; this only brings it forward.
          await temporal
            .updateInbox({ accountId, inboxId: inbox_id }, 'syncNow', {})
            .catch((error) => request.log.warn({ inbox_id, error: error.name }, 'later'))
        }
        return settled
      },
    )
  }

  app.get(
    '/inboxes/:id/timeline',
    {
      config: PEOPLE,
      schema: {
        tags: ['timeline'],
        summary: 'What happened to an inbox, newest first',
        params: ItemParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(TimelineEntry)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit } = request.query
      const { id } = await ownInbox(db, request)
      const filter = { beforeId: idCursor(cursor), limit: limit + 1 }
      const rows = await listTimelineRows(db, accountId, id, filter)
      return pageOf(rows, limit, (row) => [row.id], presentEntry)
    },
  )

  app.get(
    '/notifications',
    {
      config: PEOPLE,
      schema: {
        tags: ['notifications'],
        summary: 'Your notifications, newest first',
        params: AccountParams,
        querystring: Type.Object({ unread: Type.Boolean({ default: false }), ...pageQuery }),
        response: replies(200, pageSchema(Notification)),
      },
    },
    async (request) => {
      const { accountId, userId } = callerOf(request)
      const { cursor, limit, unread } = request.query
      const filter = { unread, beforeId: idCursor(cursor), limit: limit + 1 }
      const rows = await listNotificationRows(db, accountId, userId, filter)
      return pageOf(rows, limit, (row) => [row.id], presentNotification)
    },
  )

  app.post(
    '/notifications/:id/read',
    {
      config: PEOPLE,
      schema: {
        tags: ['notifications'],
        summary: 'Mark as read',
        params: ItemParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId, userId } = callerOf(request)
      const { id } = request.params
      return once(deps, request, reply, 204, async (trx) => {
        if (!(await markNotificationRead(trx, accountId, userId, id))) throw apiError('not_found')
        return null
      })
    },
  )
}

function presentQuarantined(row: QuarantineRow, locale: Locale): Static<typeof Quarantined> {
  const [message, remedy] = reasonText(row.reason, locale)
  return {
    id: row.id,
    inbox_id: row.inbox_id,
    folder: row.folder,
    uid: row.uid,
    reason: row.reason,
    message,
    remedy,
    evidence: row.evidence,
    size: row.size,
    status: row.status,
    tries: row.tries,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

function presentEntry(row: TimelineRow): Static<typeof TimelineEntry> {
  const { id, kind, data, actor_user_id, created_at } = row
  return {
    id,
    kind,
    data: data as Record<string, unknown>,
    actor_user_id,
    created_at: created_at.toISOString(),
  }
}

function presentNotification(row: NotificationRow): Static<typeof Notification> {
  const { id, kind, inbox_id, conversation_id, data, read_at, created_at } = row
  return {
    id,
    kind,
    inbox_id,
    conversation_id,
    data: data as Record<string, unknown>,
    read_at: AsText(read_at),
    created_at: created_at.toISOString(),
  }
}
