// Chunks of history that were pushed and wait for a worker.

import type { Database } from './client.ts'
import type { DeliveryRow } from './inbound-deliveries.ts'

/** What a delivery of history says of itself until it is imported, and afterwards. */
export const HISTORY_WAITS = 'waiting'
const HISTORY_IMPORTED = 'imported'

interface InboxRef {
  accountId: number
  inboxId: number
}

/** The oldest that waits. */
export function nextHistoryChunk(
  db: Database,
  { accountId, inboxId }: InboxRef,
): Promise<DeliveryRow | undefined> {
  return db
    .selectFrom('inbound_deliveries')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('kind', '=', 'history')
    .where('reason', '=', HISTORY_WAITS)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
}

export async function markImported(
  db: Database,
  { accountId, id }: { accountId: number; id: number },
) {
  await db
    .updateTable('inbound_deliveries')
    .set({ reason: HISTORY_IMPORTED })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}
