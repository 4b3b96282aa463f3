// Credentials that a provider handed out at a sign-in: replaced as they are renewed, under lock.

import type { Database, Trx } from './client.ts'
import { openCredentials, sealCredentials } from './credentials.ts'
import type { Vault } from './encryption.ts'

interface InboxRef {
  accountId: number
  inboxId: number
}

/** Undefined when the inbox was disconnected. Nobody else renews them until the transaction ends. */
export async function lockCredentials(trx: Trx, vault: Vault, ref: InboxRef): Promise<unknown> {
  const row = await rowOf(trx, ref).select(['key_id', 'ciphertext']).forUpdate().executeTakeFirst()
  return row && openCredentials(vault, ref, { keyId: row.key_id, ciphertext: row.ciphertext })
}

export interface Access {
  /** The account at the provider. */
  owner: string
  /** When to renew at the latest; null: it does not die of rest. */
  keepAliveAt: Date | null
}

/** Of credentials that have just been written. */
export async function noteAccess(
  trx: Trx,
  ref: InboxRef,
  { owner, keepAliveAt }: Access,
): Promise<void> {
  await trx
    .updateTable('credentials')
    .set({ owner, keep_alive_at: keepAliveAt })
    .where('account_id', '=', ref.accountId)
    .where('inbox_id', '=', ref.inboxId)
    .execute()
}

/** In place of those that were locked. */
export async function writeRenewed(
  trx: Trx,
  vault: Vault,
  ref: InboxRef,
  credentials: object,
  keepAliveAt: Date,
): Promise<void> {
  await trx
    .updateTable('credentials')
    .set({
      ...sealCredentials(vault, ref, credentials),
      keep_alive_at: keepAliveAt,
      updated_at: new Date(),
    })
    .where('account_id', '=', ref.accountId)
    .where('inbox_id', '=', ref.inboxId)
    .execute()
}

/** Null: these never die of rest. */
export async function keepAliveAt(db: Database, ref: InboxRef): Promise<Date | null> {
  const row = await rowOf(db, ref).select('keep_alive_at').executeTakeFirst()
  return row?.keep_alive_at ?? null
}

/** Whether another inbox, of whichever account of ours, uses the same account at the provider. */
export async function isSharedAccess(db: Database, ref: InboxRef): Promise<boolean> {
  const row = await db
    .selectFrom('credentials as own')
    .innerJoin('credentials as other', 'other.owner', 'own.owner')
    .select('other.inbox_id')
    .where('own.account_id', '=', ref.accountId)
    .where('own.inbox_id', '=', ref.inboxId)
    .whereRef('other.inbox_id', '<>', 'own.inbox_id')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function rowOf(db: Database | Trx, { accountId, inboxId }: InboxRef) {
  return db
    .selectFrom('credentials')
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
}
