// What the console hears of, and from there what visitors do. Ids only: the console loads what it
// shows.

import type { Database } from './client.ts'
import { addVisitorEvents } from './visitor-events.ts'

export async function addAccountEvents(
  db: Database,
  accountId: number,
  events: readonly { kind: string; data: Record<string, unknown> }[],
): Promise<void> {
  if (events.length === 0) return
  await db
    .insertInto('account_events')
    .values(events.map((event) => ({ account_id: accountId, ...event })))
    .execute()
  await addVisitorEvents(db, accountId, events)
}
