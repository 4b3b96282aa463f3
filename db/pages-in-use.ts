// Which pages have an inbox, and which of an account's inboxes one person at the provider gave.

import { sql } from 'kysely'
import type { ChannelType } from '../domain/inbox.ts'
import type { Database } from './client.ts'

export interface InUse {
  channelKey: string
  inboxId: number
  accountId: number
}

/** Of these keys, those that the account has, proved or not, and those that another has proved. */
export async function connectedKeys(
  db: Database,
  accountId: number,
  keys: readonly string[],
): Promise<InUse[]> {
  const rows = await db
    .selectFrom('inboxes')
    .select(['channel_key', 'id', 'account_id'])
    .where('channel_key', '=', sql<string>`any(${[...keys]}::text[])`)
    .where('phase', '<>', 'disconnected')
    .where((eb) => eb.or([eb('account_id', '=', accountId), eb('proved_key', 'is not', null)]))
    .orderBy(sql`account_id = ${accountId}`, 'desc')
    .execute()
  return rows.map((row) => ({
    channelKey: row.channel_key,
    inboxId: row.id,
    accountId: row.account_id,
  }))
}

export interface OwnedInbox {
  inboxId: number
  accountId: number
  name: string
  address: string
  channelKey: string
  /** When they were given, or renewed. */
  credentialsAt: Date
}

/** Living inboxes whose access this person at the provider gave; of one account, or of all. */
export async function inboxesOfOwner(
  db: Database,
  channel: ChannelType,
  owner: string,
  accountId?: number,
): Promise<OwnedInbox[]> {
  const rows = await db
    .selectFrom('credentials as c')
    .innerJoin('inboxes as i', (join) =>
      join.onRef('i.account_id', '=', 'c.account_id').onRef('i.id', '=', 'c.inbox_id'),
    )
    .select(['i.id', 'i.account_id', 'i.name', 'i.address', 'i.channel_key', 'c.updated_at'])
    .where('c.owner', '=', owner)
    .where('i.channel', '=', channel)
    .where('i.phase', '<>', 'disconnected')
    .$if(accountId !== undefined, (query) => query.where('i.account_id', '=', accountId!))
    .orderBy('i.id')
    .execute()
  return rows.map((row) => ({
    inboxId: row.id,
    accountId: row.account_id,
    name: row.name,
    address: row.address,
    channelKey: row.channel_key,
    credentialsAt: row.updated_at,
  }))
}
