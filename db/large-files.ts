// Files that were left in the mailbox because they are larger than what is stored.

import { sql } from 'kysely'
import type { Database } from './client.ts'

/**
 * After the limit was changed they are looked at again: the next pass over an inbox's files fetches
 * them, or leaves them once more. Returns the inboxes that have some.
 */
export async function reconsiderLargeFiles(
  db: Database,
  accountId: number,
  inboxId?: number,
): Promise<number[]> {
  const { rows } = await sql<{ inbox_id: number }>`
    with opened as (
      update attachments a set reason = null from messages m
      where a.account_id = ${accountId} and a.state = 'in_mailbox' and a.reason = 'too_large'
        and m.account_id = a.account_id and m.id = a.message_id
        and (${inboxId ?? null}::bigint is null or m.inbox_id = ${inboxId ?? null}::bigint)
      returning m.inbox_id
    ) select distinct inbox_id from opened order by 1`.execute(db)
  return rows.map(({ inbox_id }) => inbox_id)
}
