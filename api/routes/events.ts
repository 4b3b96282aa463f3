// The account's events as Server-Sent Events, resumed by Last-Event-ID without a gap.
import {
  type AccountEventRow,
  currentPosition,
  type EventPosition,
  eventsAfter,
} from '../../db/views/operations.ts'
import { callerOf, mayOpen } from '../auth.ts'
import type { App, Caller, Deps } from '../context.ts'
import { AccountParams, Type } from '../schemas.ts'

/** How often an open stream looks for news: half of what a person notices. */
const LOOK_EVERY_MS = 500
/** Proxies close silent connections after a minute. */
const COMMENT_EVERY_MS = 20_000
/** A key that is revoked ends the stream at the latest with the next connection. */
const LIFETIME_MS = 10 * 60_000
const BATCH = 200

export interface EventStreams {
  /** Ends every stream, telling the browser when to come back. */
  close(): void
}

export function eventRoutes(app: App, deps: Deps): EventStreams {
  const open = new Set<AbortController>()

  app.get(
    '/events',
    {
      config: { roles: ['agent'] as const },
      schema: {
        tags: ['notifications'],
        summary: 'Events of the account (text/event-stream)',
        params: AccountParams,
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 60 })) }),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const from = positionOf(request.headers['last-event-id']) ?? (await currentPosition(deps.db))
      const stop = new AbortController()
      open.add(stop)
      request.raw.once('close', () => stop.abort())
      const lifetime = setTimeout(() => stop.abort(), LIFETIME_MS)
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      try {
        for await (const text of stream(deps, caller, from, stop.signal)) {
          // A reader who does not keep up is let go; Last-Event-ID brings it back.
          if (raw.writableLength > 1_000_000) break
          raw.write(text)
        }
      } catch (error) {
        request.log.warn({ error: (error as Error).name }, 'event stream ended')
      } finally {
        clearTimeout(lifetime)
        open.delete(stop)
        raw.end('retry: 2000\n\n')
      }
    },
  )

  return {
    close() {
      for (const stop of open) stop.abort()
    },
  }
}

async function* stream(deps: Deps, caller: Caller, from: EventPosition, signal: AbortSignal) {
  let position = from
  let spokeAt = Date.now()
  yield 'retry: 2000\n\n'
  while (!signal.aborted) {
    const rows = await eventsAfter(deps.db, caller.accountId, position, BATCH)
    for (const row of rows) {
      position = { xid: row.xid, id: row.id }
      if (!concerns(row, caller)) continue
      spokeAt = Date.now()
      yield `id: ${row.xid}-${row.id}\nevent: ${row.kind}\ndata: ${JSON.stringify(row.data)}\n\n`
    }
    if (rows.length === BATCH) continue
    if (Date.now() - spokeAt > COMMENT_EVERY_MS) {
      spokeAt = Date.now()
      yield ': still here\n\n'
    }
    await pause(LOOK_EVERY_MS, signal)
  }
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
