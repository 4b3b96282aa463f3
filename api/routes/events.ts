// The account's events as Server-Sent Events, resumed by Last-Event-ID without a gap.
import type { AccountEventRow, EventPosition } from '../../db/views/operations.ts'
import { callerOf, mayOpen, PEOPLE } from '../auth.ts'
import type { App, Caller, Deps } from '../context.ts'
import { createEventFeed } from '../event-feed.ts'
import { AccountParams, Type } from '../schemas.ts'

/** Proxies close silent connections after a minute. */
const COMMENT_EVERY_MS = 20_000
/** Bytes for a reader who does not keep up. It is let go; Last-Event-ID brings it back. */
const WAITING_LIMIT = 1_000_000
const COME_BACK = 'retry: 2000\n\n'

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
        description: 'Ends when the key is revoked.',
        params: AccountParams,
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 60 })) }),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { accountId, keyId } = caller
      const stop = new AbortController()
      const end = () => stop.abort()
      reply.hijack()
      const { raw } = reply
      raw.once('close', end)
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // Nothing follows a stream: kept open, its connection would hold up the end of the process.
        connection: 'close',
        'x-accel-buffering': 'no',
      })
      const say = (text: string) => {
        if (stop.signal.aborted) return
        raw.write(text)
        if (raw.writableLength > WAITING_LIMIT) end()
      }
      const hear = (events: AccountEventRow[]) => {
        for (const event of events) if (concerns(event, caller)) say(textOf(event))
      }
      say(COME_BACK)
      const comments = setInterval(say, COMMENT_EVERY_MS, ': still here\n\n')
      try {
        const from = positionOf(request.headers['last-event-id'])
        const leave = await feed.join({ accountId, keyId, hear, end }, from)
        await new Promise((resolve) => {
          if (stop.signal.aborted) resolve(undefined)
          stop.signal.addEventListener('abort', resolve)
        })
        leave()
      } catch (error) {
        request.log.warn({ error: String(error) }, 'event stream ended')
      } finally {
        clearInterval(comments)
        raw.end(COME_BACK)
      }
    },
  )

  return feed
}

function textOf({ xid, id, kind, data }: AccountEventRow): string {
  return `id: ${xid}-${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`
}

/** A key with a list of inboxes hears of those only; a notification is for its user only. */
function concerns(row: AccountEventRow, caller: Caller): boolean {
  const { inbox_id, user_id } = (row.data ?? {}) as { inbox_id?: unknown; user_id?: unknown }
  if (typeof user_id === 'number' && user_id !== caller.userId) return false
  return mayOpen(caller, typeof inbox_id === 'number' ? inbox_id : null)
}

function positionOf(lastEventId: string | undefined): EventPosition | undefined {
  const [, xid, id] = /^(\d{1,19})-(\d{1,15})$/.exec(lastEventId ?? '') ?? []
  return xid === undefined ? undefined : { xid, id: Number(id) }
}
