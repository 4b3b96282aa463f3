// What the console hears of. Ids only: the console loads what it shows.

import type { Database } from './client.ts'

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
}
