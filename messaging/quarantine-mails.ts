// Mails that could not be understood become visible and never block the rest.

import { sql } from 'kysely'
import type { PoisonMail } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Database, Trx } from '../db/client.ts'
import type { Arrival } from '../domain/arrival.ts'
import type { InboxRef } from './message-rows.ts'

/** Returns how many were new; one met again counts a further try. */
export async function quarantineMails(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  mails: readonly PoisonMail[],
  arrival: Arrival,
): Promise<number> {
  if (mails.length === 0) return 0
  const rows = mails.map(({ location, reason, evidence, size }) => ({
    folder: location.folder,
    uidvalidity: String(location.uidValidity),
    uid: location.uid,
    reason,
    evidence,
    size,
  }))
  const { rows: kept } = await sql<{ tries: number }>`
    insert into quarantine as q
      (account_id, inbox_id, arrival, folder, uidvalidity, uid, reason, evidence, size)
    select ${accountId}::bigint, ${inboxId}::bigint, ${arrival}::text, row.* from ${recordset(
      rows,
      'folder text, uidvalidity bigint, uid bigint, reason text, evidence text, size bigint',
    )}
    on conflict (account_id, inbox_id, folder, uidvalidity, uid) do update
      set tries = q.tries + 1, reason = excluded.reason, evidence = excluded.evidence,
        updated_at = now()
    returning tries`.execute(trx)
  return kept.filter(({ tries }) => tries === 1).length
}

/** A folder has other numbers now: by the old ones nobody finds a mail, and all are met again. */
export async function forgetOldNumbers(
  db: Database,
  { accountId, inboxId }: InboxRef,
  { folder, uidValidity }: { folder: string; uidValidity: bigint },
): Promise<void> {
  await sql`
    delete from quarantine
    where account_id = ${accountId} and inbox_id = ${inboxId} and folder = ${folder}
      and uidvalidity <> ${String(uidValidity)}::bigint
      and status in ('waiting', 'retrying')`.execute(db)
}
