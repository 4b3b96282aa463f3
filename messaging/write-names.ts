// Names from somebody's address book: for contacts that nobody has named yet. A phone tells thousands
// at once.

import { sql } from 'kysely'
import type { ContactPoint } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import { oweWordsOfContacts } from '../db/message-words.ts'
import { contactsOf, identityOf } from './inbound-contacts.ts'
import { withoutBuried } from './tombstones.ts'

/** Makes contacts where there are none, but nobody's who was erased. What people named stays. */
export async function writeNames(
  trx: Trx,
  accountId: number,
  told: readonly ContactPoint[],
): Promise<void> {
  if (told.length === 0) return
  const points = await withoutBuried(trx, accountId, told)
  if (points.length === 0) return
  const ids = await contactsOf(trx, accountId, points)
  const rows = points.map((point) => {
    const { name, value, aliases = [] } = point
    const unnamed = ['', value, ...aliases.map((alias) => alias.value)]
    return { id: ids.get(identityOf(point)), name, unnamed }
  })
  // Of several names for one contact the first stays.
  const named = [...new Map(rows.reverse().map((row) => [row.id, row])).values()]
  const { rows: renamed } = await sql<{ id: number }>`
    update contacts c set name = row.name, updated_at = now()
    from ${recordset(named, 'id bigint, name text, unnamed text[]')}
    where c.account_id = ${accountId} and c.id = row.id
      and c.name = any(row.unnamed)
    returning c.id`.execute(trx)
  await oweWordsOfContacts(
    trx,
    accountId,
    renamed.map(({ id }) => id),
  )
}
