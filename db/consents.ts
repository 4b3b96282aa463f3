// Sign-ins on their way: drafts that wait for a provider to send the person back. Found by the hash of
// their state alone, which is what a callback brings.

import { createHash, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type Database, inTransaction } from './client.ts'
import { draftRow } from './connect-drafts.ts'
import type { Vault } from './encryption.ts'

interface InboxRef {
  accountId: number
  /** 0: there is no inbox yet, and what is signed in to is chosen afterwards. */
  inboxId: number
}

export interface FoundConsent extends InboxRef {
  draftId: string
  expiresAt: Date
  content: unknown
}

/** Replaces an earlier sign-in of the inbox, whose link is then worth nothing. */
export function saveConsent(
  db: Database,
  vault: Vault,
  { accountId, inboxId }: InboxRef,
  state: string,
  content: unknown,
): Promise<{ draftId: string; expiresAt: Date }> {
  return inTransaction(db, async (trx) => {
    await trx
      .deleteFrom('connect_drafts')
      .where('account_id', '=', accountId)
      .where('inbox_id', '=', inboxId)
      .where('state_hash', 'is not', null)
      .execute()
    const id = randomUUID()
    const { keyId, ciphertext } = vault.seal({ accountId, row: draftRow(id) }, content)
    const row = await trx
      .insertInto('connect_drafts')
      .values({
        account_id: accountId,
        id,
        inbox_id: inboxId || null,
        key_id: keyId,
        ciphertext,
        state_hash: hashOf(state),
      })
      .returning('expires_at')
      .executeTakeFirstOrThrow()
    return { draftId: id, expiresAt: row.expires_at }
  })
}

/** Undefined when it has expired, has come back, was replaced, or never was. */
export async function findConsent(
  db: Database,
  vault: Vault,
  state: string,
): Promise<FoundConsent | undefined> {
  const row = await db
    .selectFrom('connect_drafts')
    .select(['account_id', 'id', 'inbox_id', 'key_id', 'ciphertext', 'expires_at'])
    .where('state_hash', '=', hashOf(state))
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  if (!row) return undefined
  const accountId = row.account_id
  const sealed = { keyId: row.key_id, ciphertext: row.ciphertext }
  return {
    accountId,
    inboxId: row.inbox_id ?? 0,
    draftId: row.id,
    expiresAt: row.expires_at,
    content: vault.open({ accountId, row: draftRow(row.id) }, sealed),
  }
}

/**
 * Takes a state for good: of two callbacks with one, one gets true. `content`: with the code. From
 * here on there is half an hour again, for whoever has to choose.
 */
export async function takeConsent(
  db: Database,
  vault: Vault,
  state: string,
  { accountId, draftId }: FoundConsent,
  content: unknown,
): Promise<boolean> {
  const { keyId, ciphertext } = vault.seal({ accountId, row: draftRow(draftId) }, content)
  const result = await db
    .updateTable('connect_drafts')
    .set({
      state_hash: null,
      key_id: keyId,
      ciphertext,
      expires_at: sql<Date>`now() + interval '30 minutes'`,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', draftId)
    .where('state_hash', '=', hashOf(state))
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export interface SignIn {
  /** Nobody has come back from the provider so far. */
  awaited: boolean
  expiresAt: Date
  content: unknown
}

/** A sign-in without an inbox; undefined when it has expired or is another account's. */
export async function findSignIn(
  db: Database,
  vault: Vault,
  accountId: number,
  draftId: string,
): Promise<SignIn | undefined> {
  const row = await db
    .selectFrom('connect_drafts')
    .select(['key_id', 'ciphertext', 'expires_at', 'state_hash'])
    .where('account_id', '=', accountId)
    .where('id', '=', draftId)
    .where('inbox_id', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  if (!row) return undefined
  const sealed = { keyId: row.key_id, ciphertext: row.ciphertext }
  return {
    awaited: row.state_hash !== null,
    expiresAt: row.expires_at,
    content: vault.open({ accountId, row: draftRow(draftId) }, sealed),
  }
}

/** Until when the inbox waits for somebody to sign in; null: it does not. */
export async function awaitedUntil(
  db: Database,
  { accountId, inboxId }: InboxRef,
): Promise<Date | null> {
  const row = await db
    .selectFrom('connect_drafts')
    .select('expires_at')
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('state_hash', 'is not', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return row?.expires_at ?? null
}

function hashOf(state: string): Buffer {
  return createHash('sha256').update(state).digest()
}
