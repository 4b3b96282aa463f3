// Files of stored mails that are still only in the mailbox.

import { sql } from 'kysely'
import type { MailLocation } from '../../channels/channel.ts'
import type { Database } from '../../db/client.ts'
import { listUnnamed } from '../../db/contact-names.ts'
import type { FileFate } from '../../messaging/stored-attachments.ts'
import type { InboxRef } from '../../temporal/contracts.ts'

export interface WaitingFile {
  id: number
  part: string
  /** Every place the mail was seen at, the newest numbering first. */
  places: MailLocation[]
  /** When we heard of it. */
  since: Date
}

/** Newest first: what just came is looked at before what is years old. */
export async function listFilesInMailbox(
  db: Database,
  ref: InboxRef,
  { liveOnly, limit }: { liveOnly: boolean; limit: number },
): Promise<WaitingFile[]> {
  const { rows } = await sql<{
    id: number
    part: string | null
    places: { folder: string; uidvalidity: number; uid: number }[]
    created_at: Date
  }>`
    select a.id, a.part, a.created_at, array(
      select jsonb_build_object('folder', folder, 'uidvalidity', uidvalidity, 'uid', uid)
      from message_locations l where l.message_id = m.id and l.inbox_id = m.inbox_id
      order by uidvalidity desc, uid desc
    ) as places
    from attachments a
    join messages m on m.account_id = a.account_id and m.id = a.message_id
    where a.account_id = ${ref.accountId} and m.inbox_id = ${ref.inboxId}
      and a.state = 'in_mailbox' and a.reason is null
      and (${!liveOnly} or m.origin <> 'history')
    order by a.id desc limit ${limit}`.execute(db)
  return rows.map(({ id, part, places, created_at }) => ({
    id,
    part: part ?? '',
    since: created_at,
    places: places.map(({ folder, uidvalidity, uid }) => ({
      folder,
      uidValidity: BigInt(uidvalidity),
      uid,
    })),
  }))
}

/**
 * Whether files, or names of contacts, are to be fetched now. Those of an import wait for its end: reading the history
 * comes first, what customers write today does not wait for it.
 */
export async function areFilesDue(db: Database, ref: InboxRef): Promise<boolean> {
  const liveOnly = await isImporting(db, ref)
  const files = await listFilesInMailbox(db, ref, { liveOnly, limit: 1 })
  return files.length > 0 || (await listUnnamed(db, ref, 1)).length > 0
}

export async function isImporting(db: Database, ref: InboxRef): Promise<boolean> {
  const running = await db
    .selectFrom('imports')
    .select('id')
    .where('account_id', '=', ref.accountId)
    .where('inbox_id', '=', ref.inboxId)
    .where('status', '=', 'running')
    .limit(1)
    .executeTakeFirst()
  return running !== undefined
}

/** Bytes of the largest file that is stored for this inbox. */
export async function readLimit(
  db: Database,
  ref: InboxRef,
  installation: number,
): Promise<number> {
  const { rows } = await sql<{ least: number }>`
    select least(i.attachment_limit_bytes, a.attachment_limit_bytes, ${installation}::bigint) as least
    from inboxes i join accounts a on a.id = i.account_id
    where i.account_id = ${ref.accountId} and i.id = ${ref.inboxId}`.execute(db)
  return rows[0]?.least ?? installation
}

/** Leaves what is known to be larger where it is, with a word why. */
export async function leaveLarger(db: Database, ref: InboxRef, limitBytes: number): Promise<void> {
  await sql`
    update attachments a set reason = 'too_large' from messages m
    where a.account_id = ${ref.accountId} and a.state = 'in_mailbox' and a.reason is null
      and a.size > ${limitBytes}
      and m.account_id = a.account_id and m.id = a.message_id and m.inbox_id = ${ref.inboxId}
  `.execute(db)
}

/** Whether sync has read the folder to its end since it was numbered as it is now. */
export async function isRescanned(
  db: Database,
  ref: InboxRef,
  status: { folder: string; uidValidity: bigint; uidNext: number },
): Promise<boolean> {
  const { rows } = await sql<{ read: boolean }>`
    select (cursor->>'uidValidity')::bigint = ${String(status.uidValidity)}::bigint
      and (cursor->>'nextUid')::bigint >= ${status.uidNext}::bigint as read
    from channel_cursors
    where account_id = ${ref.accountId} and inbox_id = ${ref.inboxId}
      and folder = ${status.folder} and kind = 'live' and cursor is not null`.execute(db)
  return rows[0]?.read ?? false
}

export type FileEnd = FileFate | 'lost' | 'too_large'

/** Only from waiting in the mailbox: whatever another attempt did meanwhile stays as it is. */
export async function settleFile(
  db: Database,
  accountId: number,
  id: number,
  end: FileEnd,
): Promise<void> {
  const change =
    end === 'lost'
      ? { state: 'lost' as const }
      : end === 'too_large'
        ? { reason: end }
        : 'refused' in end
          ? { state: 'refused' as const, reason: end.refused }
          : {
              state: 'stored' as const,
              storage_key: end.key,
              size: end.size,
              detected_type: end.detectedType,
            }
  await db
    .updateTable('attachments')
    .set(change)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('state', '=', 'in_mailbox')
    .execute()
}
