// Credentials of an inbox, sealed.

import type { Database } from './client.ts'
import type { Vault } from './encryption.ts'

const rowOf = (inboxId: number) => `credentials/${inboxId}`

export async function readCredentials(
  db: Database,
  vault: Vault,
  accountId: number,
  inboxId: number,
): Promise<unknown> {
  const row = await db
    .selectFrom('credentials')
    .select(['key_id', 'ciphertext'])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .executeTakeFirst()
  if (!row) return undefined
  const sealed = { keyId: row.key_id, ciphertext: row.ciphertext }
  return openCredentials(vault, { accountId, inboxId }, sealed)
}

/** Of a row that was read with something else. */
export function openCredentials(
  vault: Vault,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  sealed: { keyId: string; ciphertext: Buffer },
): unknown {
  return vault.open({ accountId, row: rowOf(inboxId) }, sealed)
}

/** For a row that is written with something else. */
export function sealCredentials(
  vault: Vault,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  credentials: unknown,
) {
  const { keyId, ciphertext } = vault.seal({ accountId, row: rowOf(inboxId) }, credentials)
  return { key_id: keyId, ciphertext }
}

/** Replaces what was stored. `workedAt`: they have just logged in. `draftId`: the form's. */
export async function writeCredentials(
  db: Database,
  vault: Vault,
  ref: { accountId: number; inboxId: number },
  credentials: unknown,
  workedAt: Date | null,
  draftId: string | null = null,
): Promise<void> {
  const { accountId, inboxId } = ref
  const values = {
    ...sealCredentials(vault, ref, credentials),
    worked_at: workedAt,
    updated_at: new Date(),
    draft_id: draftId,
  }
  await db
    .insertInto('credentials')
    .values({ account_id: accountId, inbox_id: inboxId, ...values })
    .onConflict((conflict) => conflict.columns(['account_id', 'inbox_id']).doUpdateSet(values))
    .execute()
}

/** Whether what is stored came from this form. */
export async function areFromDraft(
  db: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  draftId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('credentials')
    .select('inbox_id')
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('draft_id', '=', draftId)
    .executeTakeFirst()
  return row !== undefined
}

/** They have just logged in as they are. `draftId`: of the form that asked for it. */
export async function markCredentialsWorked(
  db: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  now: Date,
  draftId: string | null,
): Promise<void> {
  await db
    .updateTable('credentials')
    .set({ worked_at: now, ...(draftId === null ? {} : { draft_id: draftId }) })
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .execute()
}

export async function deleteCredentials(db: Database, accountId: number, inboxId: number) {
  await db
    .deleteFrom('credentials')
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .execute()
}
