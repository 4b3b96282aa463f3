// An inbox as the ingress knows it: what it is, and its sealed credentials, in one look.

import { sql } from 'kysely'
import type { ChannelType } from '../domain/inbox.ts'
import type { Database } from './client.ts'
import { openCredentials } from './credentials.ts'
import type { Vault } from './encryption.ts'

export interface PushedInboxRow {
  accountId: number
  inboxId: number
  channelKey: string
  /** Other ids by which the provider names it. */
  providerIds: string[]
  lastGoodSyncAt: Date | null
  /** Undefined while it is not connected. */
  credentials: unknown
}

/** Undefined when there is none of this channel, or none any more. */
export async function findPushedInbox(
  db: Database,
  vault: Vault,
  channel: ChannelType,
  inboxId: number,
): Promise<PushedInboxRow | undefined> {
  const row = await db
    .selectFrom('inboxes as i')
    .leftJoin('credentials as c', (join) =>
      join.onRef('c.account_id', '=', 'i.account_id').onRef('c.inbox_id', '=', 'i.id'),
    )
    .select(['i.account_id', 'i.channel_key', 'i.provider_ids', 'i.last_good_sync_at'])
    .select(['c.key_id', 'c.ciphertext'])
    .where('i.id', '=', inboxId)
    .where('i.channel', '=', channel)
    .where('i.phase', '<>', 'disconnected')
    .executeTakeFirst()
  if (!row) return undefined
  const { account_id: accountId, key_id: keyId, ciphertext } = row
  return {
    accountId,
    inboxId,
    channelKey: row.channel_key,
    providerIds: row.provider_ids,
    lastGoodSyncAt: row.last_good_sync_at,
    credentials:
      keyId && ciphertext
        ? openCredentials(vault, { accountId, inboxId }, { keyId, ciphertext })
        : undefined,
  }
}

/** Inboxes, of whichever account, that an app's webhooks name by these ids. */
export async function findInboxesByProviderId(
  db: Database,
  channel: ChannelType,
  ids: readonly string[],
): Promise<Omit<PushedInboxRow, 'credentials'>[]> {
  const rows = await db
    .selectFrom('inboxes')
    .select(['account_id', 'id', 'channel_key', 'provider_ids', 'last_good_sync_at'])
    .where('channel', '=', channel)
    .where('phase', '<>', 'disconnected')
    .where(sql<boolean>`provider_ids && ${[...ids]}::text[]`)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    accountId: row.account_id,
    inboxId: row.id,
    channelKey: row.channel_key,
    providerIds: row.provider_ids,
    lastGoodSyncAt: row.last_good_sync_at,
  }))
}

/** Whether an app's webhooks name another inbox, of whichever account of ours, by one of its ids. */
export async function sharesProviderId(
  db: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
): Promise<boolean> {
  const { rows } = await sql`
    select from inboxes own
    join inboxes other on other.channel = own.channel and other.provider_ids && own.provider_ids
      and other.id <> own.id and other.phase <> 'disconnected'
    where own.account_id = ${accountId} and own.id = ${inboxId} limit 1`.execute(db)
  return rows.length > 0
}
