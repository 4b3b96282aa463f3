// Which messages of a chat are stored, and which of ours nobody knows the end of.

import { sql } from 'kysely'
import type { Database } from '../../db/client.ts'
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

/** Whether the provider may have taken a message of ours whose id we do not know. */
export async function hasUnsettledSends(
  db: Database,
  { accountId, inboxId }: InboxRef,
): Promise<boolean> {
  const row = await db
    .selectFrom('messages')
    .select('id')
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('status', 'in', ['transmitting', 'unconfirmed'])
    .where('external_id', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
