// A person at the provider has taken back what they allowed: every inbox that lives of it stops, on
// record, in whichever account.

import { type Database, inTransaction } from '../db/client.ts'
import { deleteCredentials } from '../db/credentials.ts'
import { askInbox } from '../db/outbox.ts'
import { inboxesOfOwner } from '../db/pages-in-use.ts'
import { addToTimeline } from '../db/timeline.ts'
import type { ChannelType } from '../domain/inbox.ts'
import { recordHealth } from './record-health.ts'

export interface AccessWithdrawn {
  channel: ChannelType
  /** The person, as the provider names them. */
  owner: string
  at: Date
  /** Has a text in `locales/`. */
  reason: string
  /** In the provider's words. */
  evidence: string
  /** Nothing that the person gave is kept, not even what is worth nothing any more. */
  forget: boolean
}

/** Whoever signed in again afterwards keeps the new access, unless all is to be forgotten. */
export async function withdrawAccess(
  db: Database,
  { channel, owner, at, reason, evidence, forget }: AccessWithdrawn,
  now: Date,
): Promise<void> {
  const owned = await inboxesOfOwner(db, channel, owner)
  for (const { accountId, inboxId, credentialsAt } of owned) {
    if (credentialsAt > at && !forget) continue
    await inTransaction(db, async (trx) => {
      const finding = { status: 'reauthorization_required' as const, reason, evidence }
      await recordHealth(trx, accountId, inboxId, 'receive', finding, now)
      if (forget) await deleteCredentials(trx, accountId, inboxId)
      await addToTimeline(trx, { accountId, inboxId }, 'access_withdrawn', { evidence })
      await askInbox(trx, { accountId, inboxId }, 'changed')
    })
  }
}
