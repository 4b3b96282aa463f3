// What the console hears of, and from there what visitors do. Ids only: the console loads what it
// shows.

import { sql } from 'kysely'
import { recordset } from './batch.ts'
import type { Database } from './client.ts'
import { addVisitorEvents } from './visitor-events.ts'

interface AccountEvent {
  kind: string
  data: Record<string, unknown>
}

export async function addAccountEvents(
  db: Database,
  accountId: number,
  events: readonly AccountEvent[],
): Promise<void> {
  await writeAccountEvents(db, accountId, events)
  await addVisitorEvents(db, accountId, events)
}

/** The same for what no visitor of a widget can be concerned with. */
export async function writeAccountEvents(
  db: Database,
  accountId: number,
  events: readonly AccountEvent[],
): Promise<void> {
  if (events.length === 0) return
  // One text for any number of them, so that Postgres plans it once.
  const rows = events.map(({ kind, data }, position) => ({ position, kind, data }))
  await sql`
    insert into account_events (account_id, kind, data)
    select ${accountId}::bigint, kind, data
    from ${recordset(rows, 'position int, kind text, data jsonb')} order by position`.execute(db)
}
