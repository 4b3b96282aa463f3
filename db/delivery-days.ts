// The parts of inbound_deliveries, one for each day: what is old goes by emptying whole parts.

import { type RawBuilder, sql } from 'kysely'
import { KEPT_DAYS } from '../domain/retention.ts'
import { type Database, inTransaction } from './client.ts'

/** As the migrations made them; more than days are kept, so that old and new never share one. */
const SLOTS = 40
const DAY_MS = 24 * 3_600_000
/** Whoever stores or reads deliveries waits behind the emptying no longer than this. */
const LOCK_TIMEOUT = '2s'

/** Where what came at that time lies. Days are of UTC. */
export function daySlotOf(receivedAt: Date): number {
  return dayOf(receivedAt) % SLOTS
}

const dayOf = (at: Date) => Math.floor(at.getTime() / DAY_MS)

/**
 * Forgets the days that are not kept any more; returns how many there were. After a long pause of
 * this job a day may lie where a kept one does, and goes with that one.
 */
export async function forgetOldDays(db: Database, now: Date): Promise<number> {
  const today = dayOf(now)
  // Tomorrow's too: clocks differ.
  const kept = Array.from({ length: KEPT_DAYS.deliveries + 2 }, (_, at) => (today + 1 - at) % SLOTS)
  let forgotten = 0
  for (let slot = 0; slot < SLOTS; slot++) {
    if (!kept.includes(slot) && (await empty(db, slot))) forgotten += 1
  }
  return forgotten
}

/**
 * Forgets up to `limit` deliveries of accounts that keep theirs for a shorter time; returns how many
 * there were: less than that means that no more are due.
 */
export async function forgetOwnDays(
  db: Database,
  { now, limit }: { now: Date; limit: number },
): Promise<number> {
  const result = await sql`
    delete from inbound_deliveries d using (
      select t.account_id, t.id, t.day_slot from inbound_deliveries t
      where t.account_id in (
          select id from accounts where delivery_retention_days < ${KEPT_DAYS.deliveries})
        and ${isNotKept('received_at', now)}
      limit ${limit}
    ) due
    where d.account_id = due.account_id and d.id = due.id and d.day_slot = due.day_slot`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}

/** Condition on a delivery `t`: for its account it has been kept long enough. */
export function isNotKept(column: 'created_at' | 'received_at', now: Date): RawBuilder<boolean> {
  const isOlderThan = (days: RawBuilder<unknown>) =>
    sql`t.${sql.ref(column)} < ${now}::timestamptz - interval '1 day' * (${days})`
  const own = sql`select a.delivery_retention_days from accounts a where a.id = t.account_id`
  // What every account keeps an index leaves out.
  const shortest = sql`select min(delivery_retention_days) from accounts`
  return sql`${isOlderThan(shortest)} and ${isOlderThan(own)}`
}

/** False when nothing was there. */
function empty(db: Database, slot: number): Promise<boolean> {
  const table = sql.table(`inbound_deliveries_${slot}`)
  return inTransaction(db, async (trx) => {
    const { rows } = await sql`select from ${table} limit 1`.execute(trx)
    if (rows.length === 0) return false
    await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT)}`.execute(trx)
    await sql`truncate ${table}`.execute(trx)
    return true
  })
}
