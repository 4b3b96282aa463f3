// The contacts of a page: found by any of their identities, made when new. In key order, so that two
// pages that share contacts wait for each other instead of deadlocking. An address belongs to whoever
// writes from it, whatever a visitor of a widget claimed before.

import { sql } from 'kysely'
import type { ContactPoint } from '../channels/channel.ts'
import { recordset, takeIds } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'

/** One identity of a contact as a map key; addresses compare without case. */
export function identityOf({ kind, value }: Identity): string {
  return `${kind}\n${normal(kind, value)}`
}

interface Identity {
  kind: string
  value: string
}

/** A contact as the page shows it, under all names it bears there. */
interface Wanted extends Identity {
  key: string
  name: string
  aliases: Identity[]
}

const normal = (kind: string, value: string) => (kind === 'email' ? value.toLowerCase() : value)

/** Contact ids by `identityOf`. */
export async function contactsOf(
  trx: Trx,
  accountId: number,
  points: readonly ContactPoint[],
): Promise<Map<string, number>> {
  const wanted = distinct(points)
  const known = await find(trx, accountId, wanted.flatMap(identitiesOf))
  const idOf = (one: Wanted) =>
    identitiesOf(one)
      .map((identity) => known.get(identityOf(identity)))
      .find((id) => id !== undefined)
  const missing = wanted.filter((one) => idOf(one) === undefined)
  const ids = await takeIds(trx, 'contact_ids', missing.length)
  const fresh = missing.map((one, at) => ({ ...one, id: ids[at]! }))
  await insertContacts(trx, accountId, fresh)
  const found = wanted.flatMap((one) => {
    const id = idOf(one)
    return id === undefined ? [] : [{ ...one, id }]
  })
  const named = [...fresh, ...found].flatMap((one) =>
    identitiesOf(one)
      .filter((identity) => !known.has(identityOf(identity)))
      .map((identity) => ({ ...identity, contact_id: one.id })),
  )
  if (named.length === 0) return known
  const taken = await insertIdentities(trx, accountId, named)
  // Another transaction made some of them meanwhile: ours are not needed.
  const unused = fresh.filter(({ id }) => !taken.has(id))
  if (unused.length > 0) {
    await sql`
      delete from contacts where account_id = ${accountId}
        and id in (select id from ${recordset(unused, 'id bigint')})`.execute(trx)
  }
  return find(trx, accountId, wanted)
}

/** Each contact once, by its first identity, with a name where one is told. */
function distinct(points: readonly ContactPoint[]): Wanted[] {
  const wanted = new Map<string, Wanted>()
  for (const { kind, value, name, aliases = [] } of points) {
    const key = identityOf({ kind, value })
    const before = wanted.get(key)
    if (before?.name) continue
    const rest = aliases.map((alias) => ({ ...alias, value: normal(alias.kind, alias.value) }))
    wanted.set(key, { key, kind, value: normal(kind, value), name, aliases: rest })
  }
  return [...wanted.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The first is what a page names it by. */
const identitiesOf = ({ kind, value, aliases }: Wanted): Identity[] => [{ kind, value }, ...aliases]

async function insertContacts(
  trx: Trx,
  accountId: number,
  contacts: readonly (Wanted & { id: number })[],
): Promise<void> {
  if (contacts.length === 0) return
  await sql`
    insert into contacts (account_id, id, name, email, phone_number, identifier)
    select ${accountId}::bigint, id, name,
      case kind when 'email' then value end,
      case kind when 'phone' then value end,
      case kind when 'identifier' then value end
    from ${recordset(contacts, 'id bigint, kind text, value text, name text')}
    order by id`.execute(trx)
}

/** The contacts that got one of theirs; two names of one page for the same identity make one row. */
async function insertIdentities(
  trx: Trx,
  accountId: number,
  identities: readonly (Identity & { contact_id: number })[],
): Promise<Set<number>> {
  const { rows } = await sql<{ contact_id: number }>`
    insert into contact_identities as known (account_id, kind, value, contact_id)
    select distinct on (kind, value) ${accountId}::bigint, kind, value, contact_id
    from ${recordset(identities, 'kind text, value text, contact_id bigint')}
    order by kind, value, contact_id
    on conflict (account_id, kind, value)
      do update set contact_id = excluded.contact_id, verified = true where not ${isOwned('known')}
    returning contact_id`.execute(trx)
  return new Set(rows.map(({ contact_id }) => contact_id))
}

async function find(trx: Trx, accountId: number, identities: readonly Identity[]) {
  const { rows } = await sql<{ kind: string; value: string; contact_id: number }>`
    select i.kind, i.value, i.contact_id
    from ${recordset(
      identities.map(({ kind, value }) => ({ kind, value })),
      'kind text, value text',
    )}
    cross join lateral (
      select * from contact_identities i
      where i.account_id = ${accountId} and i.kind = row.kind and i.value = row.value
        and ${isOwned('i')} limit 1
    ) i`.execute(trx)
  return new Map(rows.map(({ kind, value, contact_id }) => [`${kind}\n${value}`, contact_id]))
}

/** Anybody can type an address into a widget; only a message from it shows whose it is. */
const isOwned = (identity: string) =>
  sql`(${sql.ref(`${identity}.verified`)} or ${sql.ref(`${identity}.kind`)} not in ('email', 'phone'))`
