// The way to Postgres: one pool, ids as numbers, transactions that survive a deadlock.

import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import { createPool, openConnection } from './connections.ts'
import type { Schema } from './schema.ts'

export type Database = Kysely<Schema>
export type Trx = Transaction<Schema>

/** Opens a pool of at most `max` connections. `destroy()` ends it. */
export function openDatabase(url: string, { max = 10 }: { max?: number } = {}): Database {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: createPool(url, max) }) })
}

export interface Listener {
  end(): Promise<void>
}

/** Between two tries to listen again. */
const LISTEN_AGAIN_MS = 1_000

/**
 * Hears NOTIFY on a channel over a connection of its own. `onListening` is called at every
 * (re)connect: what was notified in between is lost, so the caller must look for itself then.
 * @throws Error when Postgres cannot be reached now; later it tries until it can.
 */
export async function listen(
  url: string,
  channel: string,
  onNotify: (payload: string) => void,
  onListening: () => void,
): Promise<Listener> {
  let ended = false
  const open = async () => {
    const connection = openConnection(url, onNotify)
    await connection.query(`listen "${channel}"`)
    onListening()
    return connection
  }
  let current = await open()
  const keepListening = async () => {
    while (!ended) {
      await current.closed
      await sleep(LISTEN_AGAIN_MS, undefined, { ref: false })
      if (!ended) current = await open().catch(() => current)
    }
    await current.close()
  }
  void keepListening()
  return {
    async end() {
      ended = true
      await current.close()
    },
  }
}

/** unique_violation of one of these indexes: another row has the value. */
export function isTaken(error: unknown, ...indexes: string[]): boolean {
  const { code, constraint_name } = (error ?? {}) as { code?: unknown; constraint_name?: string }
  return code === '23505' && indexes.includes(constraint_name ?? '')
}

/** deadlock_detected and serialization_failure: the whole transaction may simply be repeated. */
const REPEATABLE = new Set(['40P01', '40001'])
const MAX_TRIES = 5

/**
 * Runs `work` in a transaction, repeating it whole after a deadlock; so it must have no effects
 * outside. Within a transaction it simply becomes part of that one.
 */
export async function inTransaction<T>(db: Database, work: (trx: Trx) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db as Trx)
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      const code = (error as { code?: string } | null)?.code
      if (tries === MAX_TRIES || !code || !REPEATABLE.has(code)) throw error
    }
  }
}
