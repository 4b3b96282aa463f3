// In which order a conversation reads: by the true times of its messages, but what came live or was
// written here in the order it came.

import { sql } from 'kysely'
import type { Trx } from './client.ts'

/** When a message reads, by the name its table has in the query; there is an index of it. */
export const readsAt = (table: string) =>
  sql<Date>`coalesce(${sql.ref(`${table}.reads_at`)}, ${sql.ref(`${table}.sent_at`)})`

/**
 * Puts messages that were just stored behind all that came before them. The senders' clocks differ,
 * and the Date of a mail has whole seconds. The caller holds the locks of their conversations.
 */
export async function readInOrder(
  trx: Trx,
  accountId: number,
  messageIds: readonly number[],
): Promise<void> {
  if (messageIds.length === 0) return
  // A microsecond apart: the smallest step the database knows. Materialized and bound to the ids: in
  // a new database it would be worked out anew for every message that the account has.
  await sql`
    with fresh as (
      select id, conversation_id, sent_at,
        row_number() over (partition by conversation_id order by seq, id) * interval '1 microsecond'
          as step
      from messages where account_id = ${accountId} and id = any(${messageIds}::bigint[])
    ), placed as materialized (
      select id, sent_at, step + greatest(
        max(sent_at - step) over (partition by conversation_id order by step),
        (select ${readsAt('m')} from messages m
          where m.conversation_id = fresh.conversation_id and m.origin in ('live', 'authored')
            and m.id <> all(${messageIds}::bigint[])
          order by ${readsAt('m')} desc limit 1)
      ) as at
      from fresh
    )
    update messages m set reads_at = placed.at from placed
    where m.account_id = ${accountId} and m.id = any(${messageIds}::bigint[])
      and m.id = placed.id and placed.at > m.sent_at`.execute(trx)
}
