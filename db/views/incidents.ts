// Incidents of an inbox, newest first: what failed, from when to when, and what came in afterwards.
import { sql } from 'kysely'
import type { Database } from '../client.ts'

export interface IncidentRow {
  id: number
  direction: 'receive' | 'send'
  status: string
  reason: string
  evidence: string | null
  opened_at: Date
  last_seen_at: Date
  closed_at: Date | null
  notified_at: Date | null
  /** Messages that reached the mailbox while it lasted and us after it. */
  recovered: number
}

export async function listIncidentRows(
  db: Database,
  accountId: number,
  inboxId: number,
  { beforeId, limit }: { beforeId?: number | undefined; limit: number },
): Promise<IncidentRow[]> {
  const { rows } = await sql<IncidentRow>`
    select i.id, i.direction, i.status, i.reason, i.evidence, i.opened_at, i.last_seen_at,
      i.closed_at, i.notified_at,
      (select count(*) from messages m
        where m.account_id = i.account_id and m.inbox_id = i.inbox_id
          and i.direction = 'receive' and m.origin <> 'history'
          and m.delivered_at between i.opened_at and i.closed_at
          and m.created_at >= i.closed_at)::int as recovered
    from incidents i
    where i.account_id = ${accountId} and i.inbox_id = ${inboxId}
      and (${beforeId ?? null}::bigint is null or i.id < ${beforeId ?? null}::bigint)
    order by i.id desc limit ${limit}`.execute(db)
  return rows
}
