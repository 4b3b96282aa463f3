// A name from somebody's address book: for a contact that nobody has named yet.

import { sql } from 'kysely'
import type { ContactPoint } from '../channels/channel.ts'
import type { Trx } from '../db/client.ts'
import { contactsOf, identityOf } from './inbound-contacts.ts'

/** Makes the contact where there is none. What a person or a profile named stays. */
export async function nameContact(trx: Trx, accountId: number, point: ContactPoint): Promise<void> {
  const ids = await contactsOf(trx, accountId, [point])
  const id = ids.get(identityOf(point))
  if (id === undefined) return
  const unnamed = ['', point.value, ...(point.aliases ?? []).map(({ value }) => value)]
  await trx
    .updateTable('contacts')
    .set({ name: point.name, updated_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('name', 'in', unnamed)
    .execute()
}
