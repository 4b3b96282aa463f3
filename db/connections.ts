// Connections to Postgres, and a pool of them for kysely. What happens when one is lost is decided
// here: whoever holds it hears so at once, and nobody gets it again.
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import postgres from 'postgres'

/** As postgres.js does it: a connection that nobody holds is replaced when it is this old. */
const LIFETIME_MS = 45 * 60_000
/** How long closing waits for the query in flight. */
const CLOSE_SECONDS = 5
const CONNECT_SECONDS = 10
/**
 * A process that stands still or whose machine is gone keeps its row locks no longer than this; no
 * transaction of ours waits for anything this long. The URL may say otherwise.
 */
const IDLE_IN_TRANSACTION_MS = 60_000

/** Ids and counters stay far below 2^53, so bigint is read as a number. */
const bigintAsNumber = {
  to: 20,
  from: [20],
  parse: (text: string): number => Number(text),
  serialize: (value: unknown): string => String(value),
}

export interface Connection {
  /** @throws Error with code CONNECTION_CLOSED once it is lost. */
  query<R>(text: string, parameters?: readonly unknown[]): Promise<PostgresQueryResult<R>>
  readonly alive: boolean
  /** Resolves when it is closed, by whomever. */
  readonly closed: Promise<void>
  close(): Promise<void>
}

/**
 * Connects at the first query. `onNotify` hears what arrives for the channels it listens to.
 *
 * A client of postgres.js with a single connection, used until that closes. Its own pool keeps on
 * using a reserved connection whose socket is gone, which ends the process or waits forever
 * (3.4.9), and reconnecting by itself it would go on in the middle of a transaction.
 */
export function openConnection(url: string, onNotify?: (payload: string) => void): Connection {
  const closed = Promise.withResolvers<void>()
  let alive = true
  let pending: PromiseWithResolvers<postgres.RowList<postgres.Row[]>> | undefined
  const options = {
    max: 1,
    max_lifetime: null,
    connect_timeout: CONNECT_SECONDS,
    connection: {
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      // Nothing we ask takes long enough to be worth compiling first.
      jit: false,
    },
    types: { bigint: bigintAsNumber },
    onnotice: () => {},
    // Not in its types; sql.listen() is built on it.
    onnotify: (_channel: string, payload: string) => onNotify?.(payload),
    onclose: () => {
      alive = false
      // A query sent between a socket's error and its end is never answered otherwise.
      pending?.reject(lost())
      closed.resolve()
    },
  }
  const sql = postgres(url, options)
  const prepared = { prepare: true, simple: false }

  async function run<R>(text: string, parameters: readonly unknown[]) {
    if (!alive) throw lost()
    pending = Promise.withResolvers()
    sql.unsafe(text, [...parameters] as never[], prepared).then(pending.resolve, pending.reject)
    const rows = await pending.promise.catch(rethrow)
    const command = rows.command as PostgresQueryResult<R>['command']
    return { command, rowCount: rows.count, rows: [...rows] as R[] }
  }

  let last: Promise<unknown> = Promise.resolve()
  return {
    query<R>(text: string, parameters: readonly unknown[] = []) {
      // One after the other: what postgres.js has queued it would send over its next connection.
      const result = last.then(() => run<R>(text, parameters))
      last = result.catch(() => {})
      return result
    },
    get alive() {
      return alive
    },
    closed: closed.promise,
    close: () => sql.end({ timeout: CLOSE_SECONDS }),
  }
}

/** Postgres cannot be reached, shuts down, starts up or has no connection left: soon it will do. */
export function isPostgresAway(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && AWAY.test(code)
}

// As postgres.js and the server say it.
const AWAY = /^(?:CONNECT_TIMEOUT|CONNECTION_(?:CLOSED|ENDED|DESTROYED)|ECONN\w+|57P0[123]|53300)$/

/** At most `max` connections, each opened when it is needed. `end` closes also those in use. */
export function createPool(url: string, max: number): PostgresPool {
  const all = new Set<Connection>()
  const idle: PostgresPoolClient[] = []
  const waiting: PromiseWithResolvers<PostgresPoolClient>[] = []
  let ended = false

  function open(): PostgresPoolClient {
    const connection = openConnection(url)
    const oldAt = Date.now() + LIFETIME_MS
    all.add(connection)
    const client: PostgresPoolClient = {
      query: connection.query as PostgresPoolClient['query'],
      release(discard = false) {
        if (discard || !connection.alive || Date.now() > oldAt) return drop()
        const next = waiting.shift()
        if (next) next.resolve(client)
        else idle.push(client)
      },
    }
    function drop() {
      if (!all.delete(connection)) return
      void connection.close()
      if (idle.includes(client)) idle.splice(idle.indexOf(client), 1)
      if (!ended) waiting.shift()?.resolve(open())
    }
    void connection.closed.then(drop)
    return client
  }

  return {
    options: {},
    async connect() {
      if (ended) throw failure('CONNECTION_ENDED', 'The pool has ended')
      const client = idle.pop()
      if (client) return client
      if (all.size < max) return open()
      const turn = Promise.withResolvers<PostgresPoolClient>()
      waiting.push(turn)
      return turn.promise
    },
    async end() {
      ended = true
      for (const turn of waiting.splice(0))
        turn.reject(failure('CONNECTION_ENDED', 'The pool has ended'))
      await Promise.all([...all].map((connection) => connection.close()))
    },
  }
}

const lost = () => failure('CONNECTION_CLOSED', 'The connection to Postgres is lost')

/** With a code as postgres.js gives them. */
const failure = (code: string, message: string) => Object.assign(new Error(message), { code })

function rethrow(error: unknown): never {
  if (error instanceof Error) {
    // postgres.js makes it read-only, and kysely wants to add its own.
    Object.defineProperty(error, 'stack', { value: error.stack, writable: true })
    // "Failing row contains (...)" and its like: what people wrote has no place in a log.
    if ('detail' in error) delete error.detail
  }
  throw error
}
