// The few numbers that tell whether the platform keeps up. Over all accounts, without their names.
import { sql } from 'kysely'
import type { Database } from '../client.ts'

export interface PlatformNumbers {
  /** Seconds the oldest waiting outbox row waits; 0 without one. */
  outboxAgeSeconds: number
  outboxWaiting: number
  /** Seconds since the last good sync of the inbox that waits longest, those that need people aside. */
  syncAgeSeconds: number
  openIncidents: { direction: string; status: string; count: number }[]
  inboxes: { phase: string; count: number }[]
}

export async function readPlatformNumbers(db: Database): Promise<PlatformNumbers> {
  const [outbox, sync, incidents, inboxes] = await Promise.all([
    sql<{ age: number; waiting: number }>`
      select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age,
        count(*) as waiting
      from outbox where relayed_at is null`.execute(db),
    sql<{ age: number }>`
      select coalesce(max(extract(epoch from now() - coalesce(last_good_sync_at, created_at))), 0)::float8
        as age
      from inboxes
      where phase = 'active' and not paused and receive_status in ('ok', 'retrying')
        and channel in ('email', 'google', 'microsoft')
        and (settings ? 'imap' or not settings ? 'smtp')`.execute(db),
    sql<{ direction: string; status: string; count: number }>`
      select direction, status, count(*) as count from incidents
      where closed_at is null group by 1, 2 order by 1, 2`.execute(db),
    sql<{ phase: string; count: number }>`
      select phase, count(*) as count from inboxes group by 1 order by 1`.execute(db),
  ])
  return {
    outboxAgeSeconds: outbox.rows[0]?.age ?? 0,
    outboxWaiting: Number(outbox.rows[0]?.waiting ?? 0),
    syncAgeSeconds: sync.rows[0]?.age ?? 0,
    openIncidents: incidents.rows,
    inboxes: inboxes.rows,
  }
}

/** @throws when Postgres does not answer */
export async function pingDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db)
}
