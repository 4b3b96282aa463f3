// News for the visitors whose streams are open here: one connection hears the bell for all of them,
// and each stream reads its own feed from where it is. What was missed while nothing could be heard is
// found by looking: at every reconnect, and every few seconds.
import type { Logger } from 'pino'
import { type Database, type Listener, listen } from '../db/client.ts'
import { maySee, readVisitorEvents, type Visitor } from '../db/views/visitor.ts'
import { feedPositions, VISITOR_BELL, type VisitorEventRow } from '../db/visitor-events.ts'
import { livingWidgetSessions } from '../db/widget-sessions.ts'

/** Nothing else notices when Postgres forgot to ring. */
const LOOK_EVERY_MS = 15_000
const BATCH = 100

export interface VisitorListener {
  visitor: Visitor
  /** In their order, each once; `position` is where to go on from. */
  hear(events: VisitorEventRow[], position: number): Promise<void>
  /** Somebody is answering right now. */
  hearTyping(conversationId: number): void
  /** The session is revoked, or the feed is closed. */
  end(): void
}

export interface VisitorFeed {
  /** Everything after `after`, from now on. The answer ends it. */
  join(listener: VisitorListener, after: number): () => void
  close(): Promise<void>
}

interface Place {
  listener: VisitorListener
  position: number
  /** A read is under way. */
  reading: boolean
  /** The bell rang meanwhile. */
  again: boolean
}

export function createVisitorFeed(db: Database, databaseUrl: string, logger: Logger): VisitorFeed {
  const places = new Map<number, Set<Place>>()
  let bell: Promise<Listener> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function all(): Place[] {
    return [...places.values()].flatMap((set) => [...set])
  }

  function ring(payload: string): void {
    const [kind, id, conversation] = payload.includes('/') ? payload.split('/') : ['news', payload]
    if (kind === 'ended') {
      for (const { listener } of all()) if (listener.visitor.id === Number(id)) listener.end()
      return
    }
    for (const place of places.get(Number(id)) ?? []) {
      if (kind === 'typing') void tellTyping(place, Number(conversation))
      else void read(place)
    }
  }

  /** Visitors who named the same address share a contact, not its conversations. */
  async function tellTyping({ listener }: Place, conversationId: number): Promise<void> {
    try {
      if (await maySee(db, listener.visitor, conversationId)) listener.hearTyping(conversationId)
    } catch (error) {
      logger.warn({ error: String(error) }, 'A visitor does not hear who is typing')
    }
  }

  /** Fails without losing anything: the position stays, and the next look reads again. */
  async function read(place: Place): Promise<void> {
    place.again = true
    if (place.reading) return
    place.reading = true
    try {
      while (place.again) {
        place.again = false
        const { listener, position } = place
        const news = await readVisitorEvents(db, listener.visitor, position, BATCH)
        if (news.events.length > 0) await listener.hear(news.events, news.position)
        place.position = news.position
        place.again ||= news.more
      }
    } catch (error) {
      logger.warn({ error: String(error) }, 'A visitor hears of it later')
    } finally {
      place.reading = false
    }
  }

  /** Who has fallen behind, and whose session is over. */
  async function look(): Promise<void> {
    try {
      const open = all()
      const living = await livingWidgetSessions(
        db,
        open.map(({ listener }) => listener.visitor.id),
      )
      for (const { listener } of open) if (!living.has(listener.visitor.id)) listener.end()
      for (const { contactId, inboxId, lastSeq } of await feedPositions(db, [...places.keys()])) {
        for (const place of places.get(contactId) ?? []) {
          const { visitor } = place.listener
          if (visitor.inbox_id === inboxId && place.position < lastSeq) void read(place)
        }
      }
    } catch (error) {
      logger.warn({ error: String(error) }, 'Visitors’ feeds are looked at later')
    }
  }

  function hearBell(): void {
    bell ??= listen(databaseUrl, VISITOR_BELL, ring, () => void look())
    // Postgres is away now; whoever comes next, or the timer, tries again.
    bell.catch(() => {
      bell = undefined
    })
    timer ??= setInterval(() => {
      hearBell()
      void look()
    }, LOOK_EVERY_MS)
  }

  return {
    join(listener, after) {
      const { contact_id } = listener.visitor
      if (contact_id === null || closed) {
        listener.end()
        return () => {}
      }
      const place: Place = { listener, position: after, reading: false, again: false }
      const own = places.get(contact_id) ?? new Set()
      places.set(contact_id, own.add(place))
      hearBell()
      void read(place)
      return () => {
        own.delete(place)
        if (own.size === 0) places.delete(contact_id)
      }
    },
    async close() {
      closed = true
      clearInterval(timer)
      for (const { listener } of all()) listener.end()
      await bell?.then((listener) => listener.end()).catch(() => {})
    },
  }
}
