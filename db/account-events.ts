// What the console hears of, and from there what visitors do. Ids only: the console loads what it
// shows.

import { sql } from 'kysely'
import { recordset } from './batch.ts'
import type { Database } from './client.ts'
import { addVisitorEvents } from './visitor-events.ts'

export async function addAccountEvents(
  db: Database,
  accountId: number,
  events: readonly { kind: string; data: Record<string, unknown> }[],
): Promise<void> {
  if (events.length === 0) return
  // One text for any number of them, so that Postgres plans it once.
  const rows = events.map(({ kind, data }, position) => ({ position, kind, data }))
  await sql`
    insert into account_events (account_id, kind, data)
    select ${accountId}::bigint, kind, data
    from ${recordset(rows, 'position int, kind text, data jsonb')} order by position`.execute(db)
  await addVisitorEvents(db, accountId, events)
}
