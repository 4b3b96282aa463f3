// Forms and OAuth codes on their way to an activity: sealed, and gone after 30 minutes.

import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Database, Trx } from './client.ts'
import type { Vault } from './encryption.ts'

interface InboxRef {
  accountId: number
  /** 0: a form that is only tried, before there is an inbox. */
  inboxId: number
}

/** What a draft's content is sealed for. */
export const draftRow = (id: string) => `connect_drafts/${id}`

/** The draft's id, which may travel through Temporal. */
export async function saveDraft(
  db: Database,
  vault: Vault,
  { accountId, inboxId }: InboxRef,
  form: unknown,
): Promise<string> {
  const id = randomUUID()
  const { keyId, ciphertext } = vault.seal({ accountId, row: draftRow(id) }, form)
  await db
    .insertInto('connect_drafts')
    .values({ account_id: accountId, id, inbox_id: inboxId || null, key_id: keyId, ciphertext })
    .execute()
  return id
}

/** Undefined when it has expired, was used up, or belongs to another inbox. */
export async function readDraft(
  db: Database,
  vault: Vault,
  { accountId, inboxId }: InboxRef,
  id: string,
): Promise<unknown> {
  const row = await db
    .selectFrom('connect_drafts')
    .select(['key_id', 'ciphertext'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('inbox_id', 'is not distinct from', inboxId || null)
    .where('state_hash', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  if (!row) return undefined
  return vault.open(
    { accountId, row: draftRow(id) },
    { keyId: row.key_id, ciphertext: row.ciphertext },
  )
}

/** Puts something else in its place: an answer of an activity that no history may hold. */
export async function replaceDraft(
  db: Database,
  vault: Vault,
  accountId: number,
  id: string,
  content: unknown,
): Promise<void> {
  const { keyId, ciphertext } = vault.seal({ accountId, row: draftRow(id) }, content)
  await db
    .updateTable('connect_drafts')
    .set({ key_id: keyId, ciphertext })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}

/** Waits for whoever uses it, and makes others wait until the end of the transaction. */
export async function lockDraft(trx: Trx, accountId: number, id: string): Promise<void> {
  await trx
    .selectFrom('connect_drafts')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** The newest living draft of an inbox, from which a lost workflow goes on; no sign-in on its way. */
export async function newestDraft(db: Database, { accountId, inboxId }: InboxRef) {
  const row = await db
    .selectFrom('connect_drafts')
    .select('id')
    .where('account_id', '=', accountId)
    .where('inbox_id', 'is not distinct from', inboxId)
    .where('state_hash', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .orderBy('expires_at', 'desc')
    .executeTakeFirst()
  return row?.id
}

/** Used up, or given up. */
export async function deleteDraft(db: Database, accountId: number, id: string): Promise<void> {
  await db
    .deleteFrom('connect_drafts')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}
