// News for a visitor: a stream of Server-Sent Events, or one answer after another where a stream does
// not get through. Both go on from the same position.

import { findVisitorMessages, listConversationsById, type Visitor } from '../../db/views/visitor.ts'
import type { VisitorEventRow } from '../../db/visitor-events.ts'
import type { App, Deps } from '../context.ts'
import { eventText, openStream } from '../open-stream.ts'
import { visitorPresenter } from '../own-conversation.ts'
import { presentVisitorConversation } from '../resources/visitor.ts'
import { replies, Type } from '../schemas.ts'
import { visitorOf } from '../visitor-auth.ts'
import { createVisitorFeed } from '../visitor-feed.ts'

/** Below what proxies and phones take for a dead connection. */
const WAIT_MS = 25_000

const News = Type.Object({
  position: Type.Integer(),
  events: Type.Array(
    Type.Object({
      id: Type.Integer(),
      kind: Type.String({ description: 'message, conversation or typing' }),
      data: Type.Unknown(),
    }),
  ),
})

interface Told {
  id: number
  kind: string
  data: unknown
}

export function visitorEventRoutes(app: App, deps: Deps): { close(): Promise<void> } {
  const { config, db, logger } = deps
  const feed = createVisitorFeed(db, config.databaseUrl, logger)

  app.get(
    '/events',
    {
      schema: {
        tags: ['visitor'],
        summary: 'News of the visitor’s conversations (text/event-stream)',
        description: 'Events: message, conversation, typing. Ends when the session does.',
        querystring: Type.Object({ after: Type.Integer({ minimum: 0, default: 0 }) }),
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
        }),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const { visitor } = visitorOf(request)
      const after = Number(request.headers['last-event-id'] ?? request.query.after)
      const stream = openStream(reply)
      const leave = feed.join(
        {
          visitor,
          end: stream.end,
          async hear(events) {
            for (const { id, kind, data } of await told(visitor, events)) {
              stream.say(eventText(String(id), kind, data))
            }
          },
          hearTyping(conversation_id) {
            // Without an id: it is no place to go on from.
            stream.say(`event: typing\ndata: ${JSON.stringify({ conversation_id })}\n\n`)
          },
        },
        after,
      )
      await stream.ended
      leave()
    },
  )

  app.get(
    '/news',
    {
      schema: {
        tags: ['visitor'],
        summary: 'The next news, waiting up to 25 seconds for them',
        querystring: Type.Object({ after: Type.Integer({ minimum: 0, default: 0 }) }),
        response: replies(200, News),
      },
    },
    async (request) => {
      const { visitor } = visitorOf(request)
      const { after } = request.query
      const waiting = Promise.withResolvers<{ position: number; events: Told[] }>()
      const nothing = () => waiting.resolve({ position: after, events: [] })
      const leave = feed.join(
        {
          visitor,
          end: nothing,
          async hear(events, position) {
            waiting.resolve({ position, events: await told(visitor, events) })
          },
          hearTyping: (conversation_id) =>
            waiting.resolve({
              position: after,
              events: [{ id: after, kind: 'typing', data: { conversation_id } }],
            }),
        },
        after,
      )
      const timer = setTimeout(nothing, WAIT_MS)
      request.raw.once('close', nothing)
      try {
        return await waiting.promise
      } finally {
        clearTimeout(timer)
        leave()
      }
    },
  )

  /** What the events are about, as it is now. */
  async function told(visitor: Visitor, events: VisitorEventRow[]): Promise<Told[]> {
    const { account_id, inbox_id } = visitor
    const ids = events.flatMap(({ message_id }) => message_id ?? [])
    const talks = [...new Set(events.map(({ conversation_id }) => conversation_id))]
    const [messages, conversations] = await Promise.all([
      findVisitorMessages(db, account_id, ids),
      listConversationsById(db, visitor, talks),
    ])
    const present = await visitorPresenter(deps, account_id, messages)
    const messageOf = new Map(messages.map((row) => [row.id, row]))
    const conversationOf = new Map(conversations.map((row) => [row.id, row]))
    return events.flatMap(({ seq, message_id, conversation_id }): Told[] => {
      const row = conversationOf.get(conversation_id)
      if (row === undefined) return []
      const conversation = presentVisitorConversation(row, inbox_id)
      if (message_id === null) return [{ id: seq, kind: 'conversation', data: { conversation } }]
      const message = messageOf.get(message_id)
      // A note, or deleted meanwhile.
      if (message === undefined) return []
      return [{ id: seq, kind: 'message', data: { conversation, message: present(message) } }]
    })
  }

  return feed
}
