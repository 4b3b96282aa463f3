// What became of our messages as their provider lists it, for statuses whose webhook was lost.

import { sql } from 'kysely'
import type { StatusEvent } from '../channels/webhook.ts'
import type { Database } from '../db/client.ts'
import { type MessageStatus, mayBecome } from '../domain/message.ts'
import { applyStatus } from './apply-status.ts'
import type { InboxRef } from './message-rows.ts'

/** A listing tells again what is known of nearly every message: only what is news is written. */
export async function settleListed(
  db: Database,
  { accountId, inboxId }: InboxRef,
  statuses: readonly StatusEvent[],
): Promise<void> {
  if (statuses.length === 0) return
  const byId = new Map(statuses.map((event) => [event.externalId, event]))
  const stored = await db
    .selectFrom('messages')
    .select(['id', 'external_id', 'status'])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('direction', '=', 'outgoing')
    .where('external_id', '=', sql<string>`any(${[...byId.keys()]}::text[])`)
    .execute()
  for (const { id, external_id, status: current } of stored) {
    const { status, code, evidence } = byId.get(external_id!)!
    if (!mayBecome(current as MessageStatus, status)) continue
    await applyStatus(db, accountId, id, status, { code, evidence })
  }
}
