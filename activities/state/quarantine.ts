// Mails in quarantine that a person wants to be read again.

import type { Database } from '../../db/client.ts'
import type { InboxRef } from '../../temporal/contracts.ts'

/** A person does this one mail at a time; a bound all the same. */
const AT_ONCE = 100

/** Of every folder of the inbox. */
export function listRetrying(db: Database, ref: InboxRef) {
  return db
    .selectFrom('quarantine')
    .select(['id', 'folder', 'uidvalidity', 'uid', 'arrival'])
    .where('account_id', '=', ref.accountId)
    .where('inbox_id', '=', ref.inboxId)
    .where('status', '=', 'retrying')
    .orderBy('id')
    .limit(AT_ONCE)
    .execute()
}

export async function settleRetry(
  db: Database,
  accountId: number,
  id: number,
  status: 'stored' | 'waiting',
  now: Date,
): Promise<void> {
  await db
    .updateTable('quarantine')
    .set({ status, updated_at: now })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('status', '=', 'retrying')
    .execute()
}
