// Who answers the contacts of a page, as far as anything has shown it: no call tells it of a page.

import { sql } from 'kysely'
import type { Database } from './client.ts'
import type { ReceiverTable } from './schema/inbox.ts'

export interface SeenReceiver {
  product: ReceiverTable['product']
  /** `us`, `other`, or the id of an app. */
  owner: string
  evidence: string
  seenAt: Date
}

/** Keeps the latest. The same seen again within the hour is not written. */
export async function noteReceiver(
  db: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  { product, owner, evidence, seenAt }: SeenReceiver,
): Promise<void> {
  await sql`
    insert into receivers as r (account_id, inbox_id, product, owner, evidence, seen_at)
    values (${accountId}, ${inboxId}, ${product}, ${owner}, ${evidence}, ${seenAt})
    on conflict (account_id, inbox_id, product) do update
    set owner = excluded.owner, evidence = excluded.evidence, seen_at = excluded.seen_at
    where r.seen_at < excluded.seen_at
      and (r.owner <> excluded.owner or r.seen_at < excluded.seen_at - interval '1 hour')
  `.execute(db)
}

export async function listReceivers(
  db: Database,
  accountId: number,
  inboxId: number,
): Promise<SeenReceiver[]> {
  const rows = await db
    .selectFrom('receivers')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .orderBy('product')
    .execute()
  return rows.map(({ product, owner, evidence, seen_at: seenAt }) => {
    return { product, owner, evidence, seenAt }
  })
}

/** Whoever wrote last in the inbox since then, of each kind of contact that a page has. */
export async function newestContacts(
  db: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  since: Date,
): Promise<{ kind: string; value: string }[]> {
  const { rows } = await sql<{ kind: string; value: string }>`
    select distinct on (i.kind) i.kind, i.value from conversations c
    join contact_identities i on i.account_id = c.account_id and i.contact_id = c.contact_id
      and i.kind in ('instagram', 'messenger')
    where c.account_id = ${accountId} and c.inbox_id = ${inboxId} and c.last_message_at > ${since}
    order by i.kind, c.last_message_at desc`.execute(db)
  return rows
}
