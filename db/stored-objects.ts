// Which objects lie in the storage, and which of them must be looked at: see the migration's words.

import { sql } from 'kysely'
import { recordset } from './batch.ts'
import type { Database, Trx } from './client.ts'

/**
 * From noting an object until its row is committed: a fetch of 20 minutes at most, with room to
 * spare. Until then the sweep leaves it alone.
 */
const CLAIMED_FOR = '1 hour'

/** Before an object is written, or found to be there already and used again. */
export async function claimObjects(
  db: Database,
  accountId: number,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return
  // In one order: two pages that share files wait for each other instead of deadlocking.
  const rows = [...new Set(keys)].sort().map((key) => ({ key }))
  await sql`
    insert into stored_objects (account_id, key, check_after)
    select ${accountId}::bigint, key, now() + ${CLAIMED_FOR}::interval
    from ${recordset(rows, 'key text')} order by key
    on conflict (account_id, key) do update set check_after = excluded.check_after`.execute(db)
}

/** In the transaction that deletes rows referring to them. Others may still refer. */
export async function releaseObjects(
  trx: Trx,
  accountId: number,
  keys: readonly (string | null)[],
): Promise<void> {
  const rows = [...new Set(keys)].flatMap((key) => (key === null ? [] : [{ key }]))
  if (rows.length === 0) return
  await sql`
    with locked as (
      select o.key from stored_objects o join ${recordset(rows, 'key text')} using (key)
      where o.account_id = ${accountId} order by o.key for update of o
    )
    update stored_objects o set check_after = coalesce(check_after, now()) from locked
    where o.account_id = ${accountId} and o.key = locked.key`.execute(trx)
}

export interface Swept {
  checked: number
  deleted: number
}

/**
 * Looks at up to `limit` objects that are due, of one account or of all. While `remove` runs, their
 * rows are locked: whoever wants to use one of them again waits, and then writes it anew.
 */
export async function sweepObjects(
  db: Database,
  {
    accountId,
    limit,
    remove,
  }: { accountId?: number | undefined; limit: number; remove: (key: string) => Promise<void> },
): Promise<Swept> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ account_id: number; key: string; used: boolean }>`
      with due as materialized (
        select account_id, key from stored_objects
        where check_after <= now() and (${accountId ?? null}::bigint is null
          or account_id = ${accountId ?? null}::bigint)
        order by check_after limit ${limit} for update skip locked
      )
      select due.account_id, due.key, ${isUsed(sql`due.key`)} as used from due`.execute(trx)
    const unused = rows.filter(({ used }) => !used)
    for (const { key } of unused) await remove(key)
    const keys = recordset(rows, 'account_id bigint, key text, used boolean')
    await sql`
      delete from stored_objects o using ${keys}
      where o.account_id = row.account_id and o.key = row.key and not row.used`.execute(trx)
    await sql`
      update stored_objects o set check_after = null from ${keys}
      where o.account_id = row.account_id and o.key = row.key and row.used`.execute(trx)
    return { checked: rows.length, deleted: unused.length }
  })
}

/** Objects of the account that nothing refers to, due or claimed for a while yet. */
export async function countUnused(db: Database, accountId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from stored_objects o
    where o.account_id = ${accountId} and o.check_after is not null
      and not ${isUsed(sql`o.key`)}`.execute(db)
  return rows[0]!.count
}

/** Keys begin with the account, so no other tenant's row can match. */
const isUsed = (key: ReturnType<typeof sql>) =>
  sql`(exists (select from attachments a where a.storage_key = ${key})
    or exists (select from privacy_requests p where p.storage_key = ${key}))`
