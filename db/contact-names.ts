// Contacts whose channel told no name, from being noticed to being asked for, once.

import { sql } from 'kysely'
import { recordset } from './batch.ts'
import type { Database } from './client.ts'

interface Identity {
  kind: string
  value: string
}

/** True: some of them bear no name yet, and nobody has asked for it. */
export async function wantNames(
  trx: Database,
  accountId: number,
  identities: readonly Identity[],
): Promise<boolean> {
  if (identities.length === 0) return false
  const rows = identities.map(({ kind, value }) => ({ kind, value }))
  const { numAffectedRows } = await sql`
    update contact_identities i set name_state = 'wanted'
    from contacts c, ${recordset(rows, 'kind text, value text')}
    where i.account_id = ${accountId} and i.kind = row.kind and i.value = row.value
      and i.name_state is null
      and c.account_id = i.account_id and c.id = i.contact_id and c.name in ('', i.value)
  `.execute(trx)
  return Number(numAffectedRows ?? 0n) > 0
}

/** Of an inbox: identities are a page's own, so another one could not ask for them. */
export async function listUnnamed(
  db: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  limit: number,
): Promise<(Identity & { contactId: number })[]> {
  const { rows } = await sql<{ kind: string; value: string; contact_id: number }>`
    select i.kind, i.value, i.contact_id from contact_identities i
    where i.account_id = ${accountId} and i.name_state = 'wanted' and exists (
      select from conversations c where c.account_id = i.account_id
        and c.contact_id = i.contact_id and c.inbox_id = ${inboxId})
    order by i.contact_id limit ${limit}`.execute(db)
  return rows.map(({ kind, value, contact_id: contactId }) => ({ kind, value, contactId }))
}

/** Whatever came of it: it is not asked again. */
export async function settleName(
  trx: Database,
  accountId: number,
  { kind, value }: Identity,
): Promise<void> {
  await trx
    .updateTable('contact_identities')
    .set({ name_state: 'asked' })
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('value', '=', value)
    .execute()
}
