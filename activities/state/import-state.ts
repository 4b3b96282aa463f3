// An import's row and the day's byte budget.

import { sql } from 'kysely'
import type { Database, Trx } from '../../db/client.ts'
import type { ImportInput, ImportProgress, InboxRef } from '../../temporal/contracts.ts'

export async function readImport(db: Database, input: ImportInput) {
  return db
    .selectFrom('imports')
    .selectAll()
    .where('account_id', '=', input.accountId)
    .where('inbox_id', '=', input.inboxId)
    .where('id', '=', input.importId)
    .executeTakeFirst()
}
export type ImportRow = NonNullable<Awaited<ReturnType<typeof readImport>>>

export function progressOf(row: ImportRow): ImportProgress {
  const { number, done, total, quarantined } = row
  return { number, done, total, quarantined }
}

export type CountedMails = Pick<ImportProgress, 'done' | 'quarantined'>

/** Takes mails that will be read once more out of the progress. */
export async function uncount(
  db: Database | Trx,
  input: ImportInput,
  { done, quarantined }: CountedMails,
): Promise<void> {
  await ofImport(db, input)
    .set({
      done: sql<number>`done - ${done}::bigint`,
      quarantined: sql<number>`quarantined - ${quarantined}::bigint`,
    })
    .execute()
}

/** The exact size of the window: what was read, and what the mailbox was found to hold beyond it. */
export async function writeTotal(
  db: Database | Trx,
  input: ImportInput,
  left: number,
): Promise<void> {
  await ofImport(db, input)
    .set({ total: sql<number>`done + quarantined + ${left}::bigint` })
    .execute()
}

export async function writeParked(
  db: Database,
  input: ImportInput,
  until: Date | null,
): Promise<void> {
  await ofImport(db, input).set({ parked_until: until }).execute()
}

/** Bytes fetched on this UTC day, all imports of the inbox together. */
export async function bytesToday(db: Database, ref: InboxRef, now: Date): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select bytes from byte_budgets
    where account_id = ${ref.accountId} and inbox_id = ${ref.inboxId}
      and day = ${now.toISOString().slice(0, 10)}::text::date`.execute(db)
  return rows[0]?.bytes ?? 0
}

export async function addBytes(
  db: Database,
  ref: InboxRef,
  now: Date,
  bytes: number,
): Promise<void> {
  await sql`
    insert into byte_budgets (account_id, inbox_id, day, bytes)
    values (${ref.accountId}, ${ref.inboxId}, ${now.toISOString().slice(0, 10)}::text::date, ${bytes})
    on conflict (account_id, inbox_id, day)
    do update set bytes = byte_budgets.bytes + excluded.bytes`.execute(db)
}

function ofImport(db: Database | Trx, input: ImportInput) {
  return db
    .updateTable('imports')
    .where('account_id', '=', input.accountId)
    .where('inbox_id', '=', input.inboxId)
    .where('id', '=', input.importId)
}
