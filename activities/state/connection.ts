// Taking over proved credentials, in the transaction of the connect that proved them.

import { sql } from 'kysely'
import { ChannelError } from '../../channels/errors.ts'
import { type Access, noteAccess } from '../../db/access-tokens.ts'
import { type Database, isTaken, type Trx } from '../../db/client.ts'
import { markCredentialsWorked, writeCredentials } from '../../db/credentials.ts'
import type { Vault } from '../../db/encryption.ts'
import type { InboxOptions } from '../../db/inboxes.ts'
import { addToTimeline } from '../../db/timeline.ts'
import { channelKeyOf, provedKeyOf } from '../../messaging/create-inbox.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import { finalFailure } from '../failures.ts'

interface Servers {
  imap?: { host: string; certificate?: string }
  smtp?: { host: string; certificate?: string }
}

export interface Connection {
  settings: Servers & object
  /** Where only the provider could tell it. */
  address?: string | undefined
  /** Null: those that are stored; somebody may have renewed them since they were read. */
  credentials: object | null
  /** What a person changed with the same request. */
  options?: InboxOptions | undefined
  actorUserId?: number | undefined
  /** Null: no sign-in gave them. */
  access: Access | null
  now: Date
  /** As the channel tells them of these settings. */
  provedAt?: string | undefined
  providerIds: string[]
  /** False for a mailbox that only sends: it is active at once. */
  imports: boolean
}

/**
 * All of it or nothing.
 * @throws ChannelError `channel_already_connected` when another inbox has proved it to be its own
 */
export async function storeConnection(
  trx: Trx,
  vault: Vault,
  ref: InboxRef & { draftId: string | null },
  connection: Connection,
): Promise<void> {
  const { settings, address, credentials, options = {}, access, now, imports } = connection
  const actor = connection.actorUserId ?? null
  const row = await trx
    .selectFrom('inboxes')
    .select(['phase', 'channel', 'settings', 'channel_key'])
    .where('account_id', '=', ref.accountId)
    .where('id', '=', ref.inboxId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  // Meanwhile: what is gone gets no credentials again.
  if (row.phase === 'disconnected') throw finalFailure('InboxDisconnected', 'inbox_disconnected')
  if (credentials === null) {
    await markCredentialsWorked(trx, ref, now, ref.draftId)
  } else {
    await writeCredentials(trx, vault, ref, credentials, now, ref.draftId)
    if (access) await noteAccess(trx, ref, access)
  }
  const first = row.phase === 'connecting'
  const channelKey = address ? channelKeyOf(row.channel, address) : row.channel_key
  await trx
    .updateTable('inboxes')
    .set({
      ...options,
      settings,
      ...(address ? { address } : {}),
      channel_key: channelKey,
      proved_key: provedKeyOf(channelKey, connection.provedAt),
      provider_ids: connection.providerIds,
      consecutive_failures: 0,
      idle_cycles: 0,
      attention_since: null,
      stalled_since: null,
      watch_generation: sql<number>`watch_generation + 1`,
      ...(first
        ? imports
          ? { phase: 'importing' as const, held_since: sql<Date>`coalesce(held_since, ${now})` }
          : { phase: 'active' as const, held_since: null }
        : {}),
    })
    .where('account_id', '=', ref.accountId)
    .where('id', '=', ref.inboxId)
    .execute()
    .catch((error) => {
      if (!isTaken(error, 'inboxes_proved_key', 'inboxes_channel_key')) throw error
      throw new ChannelError('ActionRequired', { reason: 'channel_already_connected' })
    })
  if (first && imports) await ensureImport(trx, ref)
  if (first && !imports) await dropImport(trx, ref)
  await addToTimeline(trx, ref, first ? 'connected' : 'reconnected', {}, actor)
  const before = row.settings as Servers
  for (const server of ['imap', 'smtp'] as const) {
    if (!first && gaveUpCertificate(before[server], settings[server])) {
      await addToTimeline(trx, ref, 'certificate_check_ended', { server }, actor)
    }
  }
  if (ref.draftId !== null) {
    await trx
      .deleteFrom('connect_drafts')
      .where('account_id', '=', ref.accountId)
      .where('id', '=', ref.draftId)
      .execute()
  }
}

/** What was learnt about the connection afterwards. */
export async function writeSettings(
  db: Database,
  { accountId, inboxId }: InboxRef,
  settings: unknown,
): Promise<void> {
  await db
    .updateTable('inboxes')
    .set({ settings: settings as object })
    .where('account_id', '=', accountId)
    .where('id', '=', inboxId)
    .where('phase', '<>', 'disconnected')
    .execute()
}

/** A host that was held to its certificate no longer is: a person decided it, on record. */
function gaveUpCertificate(before: Servers['imap'], now: Servers['imap']): boolean {
  return before?.host === now?.host && before?.certificate === 'peer' && now?.certificate === 'none'
}

/** The inbox's creation wrote the wanted window; without one everything is imported. */
async function ensureImport(trx: Trx, ref: InboxRef): Promise<void> {
  await trx
    .insertInto('imports')
    .values({
      account_id: ref.accountId,
      inbox_id: ref.inboxId,
      number: 1,
      import_window: { kind: 'all' },
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'inbox_id', 'number']).doNothing())
    .execute()
}

/** A mailbox that only sends has no history. */
async function dropImport(trx: Trx, ref: InboxRef): Promise<void> {
  await trx
    .deleteFrom('imports')
    .where('account_id', '=', ref.accountId)
    .where('inbox_id', '=', ref.inboxId)
    .where('done', '=', 0)
    .execute()
}
