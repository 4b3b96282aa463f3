// Files of imported mails that are still only in the mailbox.

import { sql } from 'kysely'
import type { Database } from '../../db/client.ts'
import type { InboxRef } from '../../temporal/contracts.ts'

export interface WaitingFile {
  id: number
  size: number
  part: string
  /** Null: the mail is not known to lie anywhere any more. */
  location: { folder: string; uidValidity: bigint; uid: number } | null
}

export async function listFilesInMailbox(
  db: Database,
  ref: InboxRef,
  afterId: number,
  limit: number,
): Promise<WaitingFile[]> {
  const { rows } = await sql<{
    id: number
    size: number
    part: string | null
    folder: string | null
    uidvalidity: number | null
    uid: number | null
  }>`
    select a.id, a.size, a.part, l.folder, l.uidvalidity, l.uid
    from attachments a
    join messages m on m.account_id = a.account_id and m.id = a.message_id
    left join lateral (
      select folder, uidvalidity, uid from message_locations
      where message_locations.inbox_id = m.inbox_id
        and message_locations.account_id = m.account_id
        and message_locations.message_id = m.id and folder = 'INBOX'
      order by uidvalidity desc, uid desc limit 1
    ) l on true
    where a.account_id = ${ref.accountId} and m.inbox_id = ${ref.inboxId}
      and a.state = 'in_mailbox' and a.id > ${afterId}
    order by a.id limit ${limit}`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    size: row.size,
    part: row.part ?? '',
    location:
      row.folder !== null && row.uidvalidity !== null && row.uid !== null
        ? { folder: row.folder, uidValidity: BigInt(row.uidvalidity), uid: row.uid }
        : null,
  }))
}

/** Only from `in_mailbox`: what a person fetched meanwhile stays as it is. */
export async function settleFile(
  db: Database,
  accountId: number,
  id: number,
  to: { state: 'stored'; storageKey: string; size: number } | { state: 'lost' },
): Promise<void> {
  await db
    .updateTable('attachments')
    .set(
      to.state === 'stored'
        ? { state: 'stored', storage_key: to.storageKey, size: to.size }
        : { state: 'lost' },
    )
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('state', '=', 'in_mailbox')
    .execute()
}
