// Exports and erasures of contacts, from being asked for to being on record.

import { type Selectable, sql } from 'kysely'
import type { Database, Trx } from './client.ts'
import type { PrivacyRequestTable } from './schema/privacy.ts'
import { releaseObjects } from './stored-objects.ts'

export type PrivacyRequest = Selectable<PrivacyRequestTable>
export type PrivacyKind = PrivacyRequest['kind']

export interface PrivacyRef {
  accountId: number
  requestId: number
}

/** The same wish again, while the first is not fulfilled, is the same request. */
export async function requestPrivacy(
  trx: Database | Trx,
  wish: { accountId: number; contactId: number; kind: PrivacyKind; userId: number },
): Promise<PrivacyRequest> {
  const values = {
    account_id: wish.accountId,
    contact_id: wish.contactId,
    kind: wish.kind,
    requested_by: wish.userId,
  }
  const made = await trx
    .insertInto('privacy_requests')
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (made) return made
  return trx
    .selectFrom('privacy_requests')
    .selectAll()
    .where('account_id', '=', wish.accountId)
    .where('contact_id', '=', wish.contactId)
    .where('kind', '=', wish.kind)
    .where('status', 'in', ['waiting', 'running'])
    .executeTakeFirstOrThrow()
}

export function findPrivacyRequest(
  db: Database,
  { accountId, requestId }: PrivacyRef,
): Promise<PrivacyRequest | undefined> {
  return db
    .selectFrom('privacy_requests')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', requestId)
    .executeTakeFirst()
}

/** Newest first, strictly before an id. */
export function listPrivacyRequests(
  db: Database,
  accountId: number,
  { beforeId, limit }: { beforeId?: number | undefined; limit: number },
): Promise<PrivacyRequest[]> {
  let query = db.selectFrom('privacy_requests').selectAll().where('account_id', '=', accountId)
  if (beforeId !== undefined) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

/** Those of every account that no workflow has taken up. */
export function listWaitingRequests(db: Database, limit: number): Promise<PrivacyRequest[]> {
  return db
    .selectFrom('privacy_requests')
    .selectAll()
    .where('status', '=', 'waiting')
    .orderBy('created_at')
    .limit(limit)
    .execute()
}

/** Undefined when there is nothing left to do. */
export function beginRequest(db: Database, ref: PrivacyRef): Promise<PrivacyRequest | undefined> {
  return ofRequest(db, ref)
    .set({ status: 'running' })
    .where('status', 'in', ['waiting', 'running'])
    .returningAll()
    .executeTakeFirst()
}

/** Adds to what was done so far, for whoever watches. */
export async function countFurther(
  db: Database,
  ref: PrivacyRef,
  counts: Record<string, number>,
): Promise<void> {
  for (const [name, count] of Object.entries(counts)) {
    await ofRequest(db, ref)
      .set({
        counts: sql`jsonb_set(counts, array[${name}],
          to_jsonb(coalesce((counts->>${name})::bigint, 0) + ${count}::bigint))`,
      })
      .execute()
  }
}

export async function endRequest(
  db: Database,
  ref: PrivacyRef,
  end: { status: 'done' | 'failed'; reason?: string; storageKey?: string; expiresAt?: Date },
  now: Date,
): Promise<void> {
  await ofRequest(db, ref)
    .set({
      status: end.status,
      reason: end.reason ?? null,
      storage_key: end.storageKey ?? null,
      expires_at: end.expiresAt ?? null,
      finished_at: now,
    })
    .where('status', '=', 'running')
    .execute()
}

/** Their files go with the next sweep. Returns how many there were. */
export function expireExports(db: Database, now: Date): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ account_id: number; storage_key: string | null }>`
      with old as (
        select account_id, id, storage_key from privacy_requests
        where storage_key is not null and expires_at <= ${now} for update
      )
      update privacy_requests p set status = 'expired', storage_key = null from old
      where p.account_id = old.account_id and p.id = old.id
      returning old.account_id, old.storage_key`.execute(trx)
    for (const { account_id, storage_key } of rows) {
      await releaseObjects(trx, account_id, [storage_key])
    }
    return rows.length
  })
}

function ofRequest(db: Database, { accountId, requestId }: PrivacyRef) {
  return db
    .updateTable('privacy_requests')
    .where('account_id', '=', accountId)
    .where('id', '=', requestId)
}
