// What people watch: an inbox's timeline, their notifications.
import { markNotificationRead } from '../../db/changes-by-people.ts'
import {
  listNotificationRows,
  listTimelineRows,
  type NotificationRow,
  type TimelineRow,
} from '../../db/views/operations.ts'
import { callerOf, PEOPLE } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
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
  PageQuery,
  pageQuery,
  pageSchema,
  replies,
  type Static,
  Time,
  Type,
} from '../schemas.ts'

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
  const { db } = deps

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
      const { accountId, userId, inboxIds } = callerOf(request)
      const { cursor, limit, unread } = request.query
      const filter = { inboxIds, unread, beforeId: idCursor(cursor), limit: limit + 1 }
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
