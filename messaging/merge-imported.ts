// Conversations of an import that turn out to be one: a mail between them arrived after both. Only
// where nobody could have noticed; what people or automations have touched stays as it is.

import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import type { Trx } from '../db/client.ts'
import { oweWords } from '../db/message-words.ts'
import type { InboxRef } from './message-rows.ts'

/**
 * Makes one conversation of several where that is possible, and says which of them to continue:
 * the oldest that was touched, else the oldest. `ids` ascending, of one inbox.
 */
export async function mergeImported(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  ids: readonly number[],
): Promise<number> {
  const untouched = await untouchedOf(trx, accountId, ids)
  const into = ids.find((id) => !untouched.has(id)) ?? ids[0]!
  const merged = ids.filter((id) => id !== into && untouched.has(id))
  if (merged.length === 0) return into
  const moved = await trx
    .updateTable('messages')
    .set({ conversation_id: into })
    .where('account_id', '=', accountId)
    .where('conversation_id', 'in', merged)
    .returning('id')
    .execute()
  await trx
    .updateTable('message_refs')
    .set({ conversation_id: into })
    .where('account_id', '=', accountId)
    .where('conversation_id', 'in', merged)
    .execute()
  // Whoever is writing their words just now looks for the conversations that go.
  await oweWords(
    trx,
    accountId,
    moved.map(({ id }) => id),
  )
  await sql`
    with gone as (
      delete from conversations where account_id = ${accountId} and id in (${sql.join(merged)})
      returning inbox_id, message_count, first_message_at, last_message_at, status
    ), sum as (
      select sum(message_count) as messages, min(first_message_at) as first,
        max(last_message_at) as last, bool_or(status = 'open') as open
      from gone
    )
    update conversations c set
      message_count = c.message_count + sum.messages,
      first_message_at = least(c.first_message_at, sum.first),
      last_message_at = greatest(c.last_message_at, sum.last),
      status = case when sum.open and ${untouched.has(into)}::boolean then 'open' else c.status end,
      updated_at = now()
    from sum where c.account_id = ${accountId} and c.id = ${into}`.execute(trx)
  await addAccountEvents(trx, accountId, [
    {
      kind: 'conversation.merged',
      data: { inbox_id: inboxId, conversation_id: into, merged_ids: merged },
    },
  ])
  return into
}

async function untouchedOf(
  trx: Trx,
  accountId: number,
  ids: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    select c.id from conversations c
    where c.account_id = ${accountId} and c.id in (${sql.join(ids)})
      and c.last_seq = 0 and c.assignee_id is null and c.team_id is null and c.priority is null
      and c.labels = '{}' and c.custom_attributes = '{}' and c.snoozed_until is null
      and not exists (
        select from messages m where m.conversation_id = c.id and m.origin <> 'history'
      )
    order by c.id for update`.execute(trx)
  return new Set(rows.map(({ id }) => id))
}
