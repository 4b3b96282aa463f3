// A visitor's conversations: those that go on, those that are over, and what is not writing.
import { isTimeZone } from '../../channels/widget/index.ts'
import { addAccountEvents } from '../../db/account-events.ts'
import { listVisitorConversations, listVisitorMessages } from '../../db/views/visitor.ts'
import { feedPosition } from '../../db/visitor-events.ts'
import { markOutgoing } from '../../messaging/mark-outgoing.ts'
import { reopenConversation } from '../../messaging/write-as-visitor.ts'
import type { App, Deps } from '../context.ts'
import { apiError, invalidField } from '../errors.ts'
import { ownConversation, visitorPresenter } from '../own-conversation.ts'
import { pageOf, timeCursor } from '../pages.ts'
import {
  presentVisitorConversation,
  VisitorConversationSchema,
  VisitorMessageSchema,
} from '../resources/visitor.ts'
import { Id, NoContent, OneOf, pageQuery, pageSchema, replies, Type } from '../schemas.ts'
import { type VisitorCall, visitorOf } from '../visitor-auth.ts'

const Params = Type.Object({ id: Id })
const Day = Type.String({ format: 'date' })
const HISTORY_PAGE = 5

const Feed = Type.Object({
  id: Type.String({ description: 'Of the feed; another one after the contact has changed' }),
  position: Type.Integer({ description: 'What came until then is in this answer' }),
})

const Conversations = Type.Object({
  mode: OneOf(['one', 'several'] as const),
  feed: Feed,
  data: Type.Array(VisitorConversationSchema),
})

export function visitorConversationRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.get(
    '/conversations',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Conversations that go on; in mode one the last one, also when it is over',
        response: replies(200, Conversations),
      },
    },
    async (request) => {
      const call = visitorOf(request)
      // First where the feed is, so that what comes while this is read is heard of afterwards.
      const position = await positionOf(call)
      const rows = await listVisitorConversations(db, call.visitor, {
        resolved: false,
        limit: call.several ? 100 : 1,
      })
      const over =
        call.several || rows.length > 0
          ? []
          : await listVisitorConversations(db, call.visitor, { resolved: true, limit: 1 })
      return {
        mode: call.several ? ('several' as const) : ('one' as const),
        feed: { id: feedIdOf(call), position },
        data: [...rows, ...over].map((row) =>
          presentVisitorConversation(row, call.session.inbox_id),
        ),
      }
    },
  )

  app.get(
    '/conversations/history',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Conversations that are over, newest first, five at a time',
        description: 'Filters apply together; days are whole days of the visitor’s time zone.',
        querystring: Type.Object({
          cursor: pageQuery.cursor,
          from: Type.Optional(Day),
          until: Type.Optional(Day),
          ticket_id: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          time_zone: Type.String({ maxLength: 60, default: 'UTC' }),
        }),
        response: replies(200, pageSchema(VisitorConversationSchema)),
      },
    },
    async (request) => {
      const { several, visitor, session } = visitorOf(request)
      if (!several) throw apiError('history_not_available')
      const { cursor, from, until, ticket_id, time_zone } = request.query
      if (!isTimeZone(time_zone)) throw invalidField('time_zone', 'not_a_time_zone')
      const rows = await listVisitorConversations(db, visitor, {
        resolved: true,
        displayId: ticket_id,
        from,
        until,
        timeZone: time_zone,
        before: timeCursor(cursor),
        limit: HISTORY_PAGE + 1,
      })
      return pageOf(
        rows,
        HISTORY_PAGE,
        (row) => [row.place, row.id],
        (row) => presentVisitorConversation(row, session.inbox_id),
      )
    },
  )

  app.get(
    '/conversations/:id',
    {
      schema: {
        tags: ['visitor'],
        summary: 'One conversation',
        params: Params,
        response: replies(200, VisitorConversationSchema),
      },
    },
    async (request) => (await ownConversation(db, request)).shown,
  )

  app.get(
    '/conversations/:id/messages',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Messages of a conversation, newest first',
        params: Params,
        querystring: Type.Object(pageQuery),
        response: replies(200, pageSchema(VisitorMessageSchema)),
      },
    },
    async (request) => {
      const { session } = visitorOf(request)
      const { row } = await ownConversation(db, request)
      const { cursor, limit } = request.query
      const rows = await listVisitorMessages(db, session.account_id, row.id, {
        before: timeCursor(cursor),
        limit: limit + 1,
      })
      const present = await visitorPresenter(deps, session.account_id, rows)
      return pageOf(rows, limit, (message) => [message.place, message.id], present)
    },
  )

  app.post(
    '/conversations/:id/reopen',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Go on with a conversation that is over',
        params: Params,
        response: replies(200, VisitorConversationSchema),
      },
    },
    async (request) => {
      const { several, session } = visitorOf(request)
      if (!several) throw apiError('history_not_available')
      const { row } = await ownConversation(db, request)
      if (row.inbox_id !== session.inbox_id) throw apiError('conversation_elsewhere')
      await reopenConversation(db, session, row.id)
      return (await ownConversation(db, request)).shown
    },
  )

  app.post(
    '/conversations/:id/typing',
    {
      schema: {
        tags: ['visitor'],
        summary: 'The visitor is typing: agents are told, nothing is kept',
        params: Params,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { account_id, inbox_id } = visitorOf(request).session
      const { row } = await ownConversation(db, request)
      const data = { inbox_id, conversation_id: row.id }
      await addAccountEvents(db, account_id, [{ kind: 'conversation.typing', data }])
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/conversations/:id/receipts',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Answers have arrived, or have been read',
        params: Params,
        body: Type.Object({
          status: OneOf(['delivered', 'read'] as const),
          until: Type.Integer({ minimum: 1, description: 'Id of the last message it is true of' }),
        }),
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { account_id } = visitorOf(request).session
      const { row } = await ownConversation(db, request)
      const { status, until } = request.body
      await markOutgoing(db, account_id, row.id, until, status)
      return reply.code(204).send(null)
    },
  )

  async function positionOf({ session }: VisitorCall): Promise<number> {
    const { account_id: accountId, inbox_id: inboxId, contact_id: contactId } = session
    return contactId === null ? 0 : feedPosition(db, { accountId, inboxId, contactId })
  }
}

const feedIdOf = ({ session }: VisitorCall) => String(session.contact_id ?? '')
