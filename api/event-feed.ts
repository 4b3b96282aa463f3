// News of all accounts for the event streams of this process: one reader of Postgres, however many
// streams are open. What a stream looks like is in routes/events.ts.
import type { Logger } from 'pino'
import { findCallersByKeyId, type KeyCaller } from '../db/api-keys.ts'
import type { Database } from '../db/client.ts'
import {
  type AccountEventRow,
  currentPosition,
  type EventPosition,
  eventsBetween,
} from '../db/views/operations.ts'

/** How often it looks while somebody listens: two small queries, and people see at once what happens. */
const LOOK_EVERY_MS = 200
const BATCH = 200

export interface Listener {
  /** As its request was let in. */
  caller: KeyCaller
  /** In their order, each once; `caller`: what its key opens by now. */
  hear(events: AccountEventRow[], caller: KeyCaller): void
  /** Its key was revoked, or the feed is closed. */
  end(): void
}

export interface EventFeed {
  /**
   * Everything after `from`, or from now on. Resolves when the listener has caught up; the answer
   * ends it.
   */
  join(listener: Listener, from: EventPosition | undefined): Promise<() => void>
  close(): void
}

interface Place {
  listener: Listener
  /** As of the last look. */
  caller: KeyCaller
  /** Where it had been: another process may have told it more than this one has seen. */
  from: EventPosition | undefined
  /** News that wait until what was before is told; undefined once it is. */
  held: AccountEventRow[] | undefined
}

export function createEventFeed(db: Database, logger: Logger): EventFeed {
  const places = new Set<Place>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  /** Everything before it has been told. */
  let position: EventPosition | undefined

  /** Fails without losing anything: the next look begins at the same position. */
  function look(): Promise<void> {
    looking ??= tellNews()
      .catch((error) => logger.warn({ error: String(error) }, 'Events are told later'))
      .finally(() => {
        looking = undefined
      })
    return looking
  }

  async function tellNews(): Promise<void> {
    const horizon = await currentPosition(db)
    position ??= horizon
    for (;;) {
      const callers = [...places].map(({ caller }) => caller)
      const accountIds = [...new Set(callers.map(({ accountId }) => accountId))]
      // Without a new transaction nothing was committed at all.
      const isQuiet = horizon.xid === position.xid
      const rows: AccountEventRow[] = isQuiet
        ? []
        : await eventsBetween(db, accountIds, position, horizon, BATCH)
      const byAccount = Map.groupBy(rows, ({ account_id }) => account_id)
      // After the news: what a key does not open any more is not told.
      const keyIds = [...new Set(callers.map(({ keyId }) => keyId))]
      const living = await findCallersByKeyId(db, keyIds)
      for (const place of places) {
        const caller = living.get(place.caller.keyId)
        if (caller === undefined) place.listener.end()
        else tell(place, caller, byAccount.get(caller.accountId) ?? [])
      }
      const last = rows.at(-1)
      if (last === undefined || rows.length < BATCH) break
      position = last
    }
    position = horizon
  }

  function tell(place: Place, caller: KeyCaller, rows: AccountEventRow[]): void {
    const { listener, from, held } = place
    const news = from ? rows.filter((row) => isAfter(row, from)) : rows
    place.caller = caller
    if (held) held.push(...news)
    else listener.hear(news, caller)
  }

  function leave(place: Place): void {
    places.delete(place)
    if (places.size > 0) return
    clearInterval(timer)
    timer = undefined
    // The next to come begins at its own now.
    position = undefined
  }

  return {
    async join(listener, from) {
      // A look under way does not know the newcomer, so where it will end is not where it begins.
      while (looking) await looking
      const { caller } = listener
      const place: Place = { listener, caller, from, held: [] }
      places.add(place)
      timer ??= setInterval(look, LOOK_EVERY_MS)
      try {
        if (position === undefined) await look()
        const since: EventPosition | undefined = position
        if (since === undefined) throw new Error('Events cannot be read now')
        for (let at = from; at !== undefined; ) {
          const rows = await eventsBetween(db, [caller.accountId], at, since, BATCH)
          listener.hear(rows, place.caller)
          at = rows.length < BATCH ? undefined : rows.at(-1)
        }
        listener.hear(place.held ?? [], place.caller)
        place.held = undefined
        return () => leave(place)
      } catch (error) {
        leave(place)
        throw error
      }
    },
    close() {
      for (const { listener } of places) listener.end()
    },
  }
}

function isAfter(row: EventPosition, place: EventPosition): boolean {
  const [own, other] = [BigInt(row.xid), BigInt(place.xid)]
  return own === other ? row.id > place.id : own > other
}
