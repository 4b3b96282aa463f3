// Which messages of a chat are stored, and to whom one of ours may be under way.

import { sql } from 'kysely'
import type { Database } from '../../db/client.ts'
import { identityOf } from '../../messaging/inbound-contacts.ts'
import type { InboxRef } from '../../temporal/contracts.ts'

/** Of these external ids, those that the inbox has no message of. */
export async function unknownOf(
  db: Database,
  { accountId, inboxId }: InboxRef,
  externalIds: readonly string[],
): Promise<Set<string>> {
  if (externalIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('messages')
    .select('external_id')
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('external_id', '=', sql<string>`any(${externalIds}::text[])`)
    .execute()
  const known = new Set(rows.map(({ external_id }) => external_id))
  return new Set(externalIds.filter((id) => !known.has(id)))
}

/** Of these external ids, those that no other message bears; an echo may be of the one looked for. */
export async function unclaimedOf(
  db: Database,
  { accountId, inboxId }: InboxRef,
  externalIds: readonly string[],
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('messages')
    .select('external_id')
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('external_id', '=', sql<string>`any(${externalIds}::text[])`)
    .where('origin', '<>', 'echo')
    .execute()
  const claimed = new Set(rows.map(({ external_id }) => external_id))
  return new Set(externalIds.filter((id) => !claimed.has(id)))
}

/** By `identityOf` a contact: since when the provider may list a message of ours as nobody's. */
export type UnsettledSends = ReadonlyMap<string, Date>

/** Contacts to whom a message may have gone out whose id at the provider we do not know. */
export async function unsettledSends(
  db: Database,
  { accountId, inboxId }: InboxRef,
): Promise<UnsettledSends> {
  const rows = await db
    .selectFrom('messages as m')
    .innerJoin('conversations as c', (join) =>
      join.onRef('c.account_id', '=', 'm.account_id').onRef('c.id', '=', 'm.conversation_id'),
    )
    .innerJoin('contact_identities as i', (join) =>
      join.onRef('i.account_id', '=', 'c.account_id').onRef('i.contact_id', '=', 'c.contact_id'),
    )
    // Clocks differ, and providers tell whole seconds.
    .select(['i.kind', 'i.value'])
    .select(sql<Date>`min(m.created_at) - interval '5 minutes'`.as('since'))
    .where('m.account_id', '=', accountId)
    .where('m.inbox_id', '=', inboxId)
    .where('m.status', 'in', ['transmitting', 'unconfirmed'])
    .where('m.external_id', 'is', null)
    .groupBy(['i.kind', 'i.value'])
    .execute()
  return new Map(rows.map(({ kind, value, since }) => [identityOf({ kind, value }), since]))
}
