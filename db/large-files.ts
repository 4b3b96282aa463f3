// Files that were left in the mailbox because they are larger than what is stored.

import { sql } from 'kysely'
import { type Database, inTransaction } from './client.ts'
import { askInbox } from './outbox.ts'

/**
 * After the limit was changed they are looked at again: the inboxes that have some are woken, and
 * fetch them or leave them once more.
 */
export function reconsiderLargeFiles(
  db: Database,
  accountId: number,
  inboxId?: number,
): Promise<void> {
  return inTransaction(db, async (trx) => {
    const { rows } = await sql<{ inbox_id: number }>`
    with opened as (
      update attachments a set reason = null from messages m
      where a.account_id = ${accountId} and a.state = 'in_mailbox' and a.reason = 'too_large'
        and m.account_id = a.account_id and m.id = a.message_id
        and (${inboxId ?? null}::bigint is null or m.inbox_id = ${inboxId ?? null}::bigint)
      returning m.inbox_id
    ) select distinct inbox_id from opened order by 1`.execute(trx)
    for (const { inbox_id } of rows)
      await askInbox(trx, { accountId, inboxId: inbox_id }, 'changed')
  })
}
