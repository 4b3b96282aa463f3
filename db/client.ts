// The way to Postgres: one pool, ids as numbers, transactions that survive a deadlock.

import { Kysely, type Transaction } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'
import type { Schema } from './schema.ts'

export type Database = Kysely<Schema>
export type Trx = Transaction<Schema>

/** Ids and counters stay far below 2^53, so bigint is read as a number. */
const bigintAsNumber = {
  to: 20,
  from: [20],
  parse: (text: string): number => Number(text),
  serialize: (value: unknown): string => String(value),
}

/** Opens a pool of at most `max` connections. `destroy()` ends it. */
export function openDatabase(url: string, { max = 10 }: { max?: number } = {}): Database {
  const client = postgres(url, { max, onnotice: () => {}, types: { bigint: bigintAsNumber } })
  return new Kysely<Schema>({ dialect: new PostgresJSDialect({ postgres: client }) })
}

export interface Listener {
  end(): Promise<void>
}

/**
 * Hears NOTIFY on a channel over a connection of its own. `onListening` is called at every
 * (re)connect: what was notified in between is lost, so the caller must look for itself then.
 */
export async function listen(
  url: string,
  channel: string,
  onNotify: (payload: string) => void,
  onListening: () => void,
): Promise<Listener> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  await client.listen(channel, onNotify, onListening)
  return { end: () => client.end() }
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
