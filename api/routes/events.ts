// The account's events as Server-Sent Events, resumed by Last-Event-ID without a gap.
import type { KeyCaller } from '../../db/api-keys.ts'
import type { AccountEventRow, EventPosition } from '../../db/views/operations.ts'
import { callerOf, mayOpen, PEOPLE } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { createEventFeed } from '../event-feed.ts'
import { eventText, openStream } from '../open-stream.ts'
import { AccountParams, Type } from '../schemas.ts'

/** What browsers see of it; they do not show their scripts the comments that keep proxies awake. */
const ALIVE = 'event: alive\ndata: {}\n\n'
const ALIVE_EVERY_MS = 20_000

export interface EventStreams {
  /** Ends every stream, telling the browser when to come back. */
  close(): void
}

export function eventRoutes(app: App, { db, logger }: Deps): EventStreams {
  const feed = createEventFeed(db, logger)

  app.get(
    '/events',
    {
      config: PEOPLE,
      schema: {
        tags: ['notifications'],
        summary: 'Events of the account (text/event-stream)',
        description:
          'Of what the key opens at each moment; ends when it is revoked. `alive` comes every 20 ' +
          'seconds: without it, it is dead.',
        params: AccountParams,
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 60 })) }),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const stream = openStream(reply)
      const hear = (events: AccountEventRow[], caller: KeyCaller) => {
        for (const event of events) if (concerns(event, caller)) stream.say(textOf(event))
      }
      try {
        const from = positionOf(request.headers['last-event-id'])
        const leave = await feed.join({ caller: callerOf(request), hear, end: stream.end }, from)
        const alive = setInterval(() => stream.say(ALIVE), ALIVE_EVERY_MS)
        await stream.ended
        clearInterval(alive)
        leave()
      } catch (error) {
        request.log.warn({ error: String(error) }, 'event stream ended')
        stream.end()
      }
    },
  )

  return feed
}

function textOf({ xid, id, kind, data }: AccountEventRow): string {
  return eventText(`${xid}-${id}`, kind, data)
}

/** A key with a list of inboxes hears of those only; a notification is for its user only. */
function concerns(row: AccountEventRow, caller: KeyCaller): boolean {
  const { inbox_id, user_id } = (row.data ?? {}) as { inbox_id?: unknown; user_id?: unknown }
  if (typeof user_id === 'number' && user_id !== caller.userId) return false
  return mayOpen(caller, typeof inbox_id === 'number' ? inbox_id : null)
}

function positionOf(lastEventId: string | undefined): EventPosition | undefined {
  const [, xid, id] = /^(\d{1,19})-(\d{1,15})$/.exec(lastEventId ?? '') ?? []
  return xid === undefined ? undefined : { xid, id: Number(id) }
}
