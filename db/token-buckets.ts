// Limits that span conversations and processes: sends of a number, logins at a host.

import { sql } from 'kysely'
import { type Database, inTransaction, type Trx } from './client.ts'

export interface BucketLimits {
  /** Tokens a full bucket holds: what may happen at once. */
  capacity: number
  /** Tokens that come back every second. */
  perSecond: number
}

export interface Bucket extends BucketLimits {
  key: string
}

/** Takes a token; returns 0, or the milliseconds until one is there. Nothing is taken then. */
export function takeToken(db: Database, key: string, limits: BucketLimits): Promise<number> {
  return takeTokens(db, [{ key, ...limits }])
}

/** The same of each bucket: all or none. */
export function takeTokens(db: Database, buckets: readonly Bucket[]): Promise<number> {
  return inTransaction(db, async (trx) => {
    const taken: { key: string; left: number }[] = []
    let waitMs = 0
    // In one order, so that takers of the same buckets wait for each other instead of deadlocking.
    for (const bucket of buckets.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
      const tokens = await lock(trx, bucket)
      taken.push({ key: bucket.key, left: tokens - 1 })
      waitMs = Math.max(waitMs, Math.ceil(((1 - tokens) / bucket.perSecond) * 1000))
    }
    if (waitMs > 0) return waitMs
    for (const { key, left } of taken) {
      await sql`
        update token_buckets set tokens = ${left}::float8, refilled_at = clock_timestamp()
        where key = ${key}`.execute(trx)
    }
    return 0
  })
}

/**
 * How many tokens there are by now. The row lock makes takers of all processes wait for each other;
 * the clock is the database's, since those of the processes differ.
 */
async function lock(trx: Trx, { key, capacity, perSecond }: Bucket): Promise<number> {
  await sql`
    insert into token_buckets (key, tokens) values (${key}, ${capacity}::float8)
    on conflict do nothing`.execute(trx)
  const { rows } = await sql<{ tokens: number }>`
    select least(${capacity}::float8, tokens + ${perSecond}::float8
      * greatest(0, extract(epoch from clock_timestamp() - refilled_at)))::float8 as tokens
    from token_buckets where key = ${key} for update`.execute(trx)
  return rows[0]!.tokens
}

/** For so long nobody takes anything: the provider has said that a limit is near. */
export async function rest(db: Database, key: string, ms: number): Promise<void> {
  await sql`
    insert into token_buckets (key, tokens) values (${key}, ${-ms / 1000}::float8)
    on conflict (key) do update set tokens = excluded.tokens, refilled_at = clock_timestamp()
  `.execute(db)
}

/** Milliseconds that are left of a rest. */
export async function restLeft(db: Database, key: string): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select 1000 * greatest(0, -tokens
      - extract(epoch from clock_timestamp() - refilled_at))::float8 as ms
    from token_buckets where key = ${key}`.execute(db)
  return Math.ceil(rows[0]?.ms ?? 0)
}

/**
 * Takes the next token, even one that is still to come; returns the milliseconds until it is there.
 * For those who wait in any case: each has a turn of its own, and nobody asks twice.
 */
export async function reserveToken(
  db: Database,
  key: string,
  { capacity, perSecond }: BucketLimits,
): Promise<number> {
  const { rows } = await sql<{ tokens: number }>`
    insert into token_buckets as bucket (key, tokens) values (${key}, ${capacity - 1}::float8)
    on conflict (key) do update set refilled_at = clock_timestamp(),
      tokens = least(${capacity}::float8, bucket.tokens + ${perSecond}::float8
        * greatest(0, extract(epoch from clock_timestamp() - bucket.refilled_at))) - 1
    returning tokens`.execute(db)
  return Math.max(0, Math.ceil((-rows[0]!.tokens / perSecond) * 1000))
}
