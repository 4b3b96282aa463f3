// What the phone behind a number is asked for once after connecting, and whether it was.

import { sql } from 'kysely'
import type { Database, Trx } from './client.ts'

interface InboxRef {
  accountId: number
  inboxId: number
}
type Share = 'contacts' | 'history'

/** The number was connected, for the first time or anew: each may be asked for, once. */
export async function openShares(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  shares: readonly Share[],
  askableUntil: Date,
): Promise<void> {
  await trx
    .insertInto('phone_shares')
    .values(
      shares.map((share) => ({
        account_id: accountId,
        inbox_id: inboxId,
        share,
        askable_until: askableUntil,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'inbox_id', 'share']).doUpdateSet({
        askable_until: askableUntil,
        settled_at: null,
        refused: false,
      }),
    )
    .execute()
}

/** Until when those may be asked for that nobody has asked for yet. */
export async function unsettledShares(
  db: Database,
  { accountId, inboxId }: InboxRef,
): Promise<ReadonlyMap<Share, Date>> {
  const rows = await db
    .selectFrom('phone_shares')
    .select(['share', 'askable_until'])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('settled_at', 'is', null)
    .execute()
  return new Map(rows.map(({ share, askable_until }) => [share, askable_until]))
}

export async function settleShare(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  { share, refused }: { share: Share; refused: boolean },
): Promise<void> {
  await trx
    .updateTable('phone_shares')
    .set({ settled_at: sql<Date>`now()`, refused })
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('share', '=', share)
    .execute()
}
