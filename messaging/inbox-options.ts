// What storing a page has to know of its inbox, in one look.

import { sql } from 'kysely'
import type { Trx } from '../db/client.ts'
import { DEFAULT_ARCHIVE_AFTER_DAYS } from '../domain/conversation.ts'
import type { ChannelType } from '../domain/inbox.ts'
import type { InboxRef } from './message-rows.ts'

export interface InboxOptions {
  channel: ChannelType
  /** The mailbox's own name, in whichever inbox. */
  channelKey: string
  archiveAfterDays: number
  /** Mails that refer to nothing are joined by contact and subject. */
  bySubject: boolean
  /** Something of the account was erased, and must not come back. */
  hasErasures: boolean
}

export async function inboxOptions(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
): Promise<InboxOptions> {
  const row = await trx
    .selectFrom('inboxes')
    .select(['channel', 'channel_key', 'archive_after_days', 'thread_by_subject'])
    .select(
      sql<boolean>`exists (select from tombstones where account_id = ${accountId})`.as('erasures'),
    )
    .where('account_id', '=', accountId)
    .where('id', '=', inboxId)
    .executeTakeFirstOrThrow()
  return {
    channel: row.channel,
    channelKey: row.channel_key,
    archiveAfterDays: row.archive_after_days ?? DEFAULT_ARCHIVE_AFTER_DAYS,
    bySubject: row.thread_by_subject,
    hasErasures: row.erasures,
  }
}
