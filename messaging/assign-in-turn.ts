// Whose turn it is: people who are online, the one with the fewest open conversations first, and of
// those the one who has waited longest.

import { sql } from 'kysely'
import type { Trx } from '../db/client.ts'

/** Undefined when nobody is there. `teamId`: only members of the team. */
export async function nextInTurn(
  trx: Trx,
  accountId: number,
  inboxId: number,
  teamId: number | undefined,
): Promise<number | undefined> {
  const team = teamId ?? null
  const { rows } = await sql<{ id: number }>`
    select u.id from users u
    join inbox_members m on m.account_id = u.account_id and m.user_id = u.id
      and m.inbox_id = ${inboxId} and not m.removed_by_person
    left join conversations c on c.account_id = u.account_id and c.assignee_id = u.id
      and c.status in ('open', 'pending')
    where u.account_id = ${accountId} and u.role <> 'bot' and u.deleted_at is null
      and u.availability = 'online'
      and (${team}::bigint is null or exists (
        select from team_members t where t.account_id = u.account_id and t.user_id = u.id
          and t.team_id = ${team}::bigint))
    group by u.id
    order by count(c.id), max(c.updated_at) nulls first, u.id
    limit 1`.execute(trx)
  return rows[0]?.id
}
