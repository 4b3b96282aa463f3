// The parts of inbound_deliveries, one for each day: what is old goes by emptying whole parts.

import { sql } from 'kysely'
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
