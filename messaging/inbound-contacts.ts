// The contacts of a page: found by identity, made when new. In key order, so that two pages that
// share contacts wait for each other instead of deadlocking.

import { sql } from 'kysely'
import type { ContactPoint } from '../channels/channel.ts'
import { recordset, takeIds } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'

/** One identity of a contact as a map key; addresses compare without case. */
export function identityOf({ kind, value }: ContactPoint): string {
  return `${kind}\n${normal(kind, value)}`
}

const normal = (kind: string, value: string) => (kind === 'email' ? value.toLowerCase() : value)

/** Contact ids by `identityOf`. */
export async function contactsOf(
  trx: Trx,
  accountId: number,
  points: readonly ContactPoint[],
): Promise<Map<string, number>> {
  const wanted = new Map<string, ContactPoint>()
  for (const point of points) {
    const key = identityOf(point)
    if (!wanted.get(key)?.name)
      wanted.set(key, { ...point, value: normal(point.kind, point.value) })
  }
  const found = await find(trx, accountId, [...wanted.values()])
  const missing = [...wanted.keys()].filter((key) => !found.has(key)).sort()
  if (missing.length === 0) return found
  const ids = await takeIds(trx, 'contact_ids', missing.length)
  const rows = missing.map((key, at) => ({ id: ids[at], ...wanted.get(key)! }))
  await sql`
    insert into contacts (account_id, id, name, email, phone_number, identifier)
    select ${accountId}::bigint, id, name,
      case kind when 'email' then value end,
      case kind when 'phone' then value end,
      case kind when 'identifier' then value end
    from ${recordset(rows, 'id bigint, kind text, value text, name text')} order by id`.execute(trx)
  const { rows: taken } = await sql<{ contact_id: number }>`
    insert into contact_identities (account_id, kind, value, contact_id)
    select ${accountId}::bigint, kind, value, id
    from ${recordset(rows, 'id bigint, kind text, value text')} order by kind, value
    on conflict do nothing returning contact_id`.execute(trx)
  if (taken.length < rows.length) {
    // Another transaction made some of them meanwhile: ours are not needed.
    const ours = new Set(taken.map(({ contact_id }) => contact_id))
    const unused = rows.filter(({ id }) => !ours.has(id!))
    await sql`
      delete from contacts where account_id = ${accountId}
        and id in (select id from ${recordset(unused, 'id bigint')})`.execute(trx)
  }
  const made = await find(
    trx,
    accountId,
    missing.map((key) => wanted.get(key)!),
  )
  return new Map([...found, ...made])
}

async function find(trx: Trx, accountId: number, points: ContactPoint[]) {
  const { rows } = await sql<{ kind: string; value: string; contact_id: number }>`
    select i.kind, i.value, i.contact_id
    from ${recordset(points, 'kind text, value text')}
    join contact_identities i
      on i.account_id = ${accountId} and i.kind = row.kind and i.value = row.value`.execute(trx)
  return new Map(rows.map(({ kind, value, contact_id }) => [`${kind}\n${value}`, contact_id]))
}
