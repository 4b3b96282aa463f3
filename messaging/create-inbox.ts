// Connecting begins: the row, its sealed form, its first import and the order to start, or nothing.

import { addAccountEvents } from '../db/account-events.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { saveDraft } from '../db/connect-drafts.ts'
import type { Vault } from '../db/encryption.ts'
import {
  findInboxByChannelKey,
  type InboxRow,
  insertInbox,
  isProvedKeyTaken,
} from '../db/inboxes.ts'
import { askInbox } from '../db/outbox.ts'
import { addToTimeline } from '../db/timeline.ts'
import { addMembers } from '../db/users.ts'
import { type ChannelType, hasHistory } from '../domain/inbox.ts'

export interface NewInbox {
  accountId: number
  actorUserId?: number | undefined
  name: string
  channel: ChannelType
  address: string
  /** What an account may connect once; from channel and address when absent. */
  channelKey?: string | undefined
  /** As the channel's `provedAt` tells it of these settings. */
  provedAt?: string | undefined
  /** Shown by the API, so without any secret. */
  settings: Record<string, unknown>
  /** Go into the sealed draft with the settings, and nowhere else; absent: a sign-in brings them. */
  credentials?: Record<string, unknown> | undefined
  /** Of the provider's popup, instead of credentials. */
  code?: string | undefined
  agentIds?: readonly number[] | undefined
  importWindow?: unknown
  joinDefaultRules?: boolean | undefined
  claudiaAfterImport?: 'release' | 'keep_off' | undefined
  claudiaMaxAgeSeconds?: number | undefined
  archiveAfterDays?: number | undefined
  threadBySubject?: boolean | undefined
}

export interface CreatedInbox {
  inboxId: number
  draftId: string | null
  inbox: InboxRow
}

/** The mailbox, number or page has an inbox; null: in another account, of which nothing is told. */
export class AlreadyConnected extends Error {
  readonly inboxId: number | null

  constructor(inboxId: number | null) {
    super('This channel is connected already')
    this.name = 'AlreadyConnected'
    this.inboxId = inboxId
  }
}

/** One mailbox is one channel, whichever way it is reached. */
export function channelKeyOf(channel: ChannelType, address: string): string {
  const kind = hasHistory(channel) ? 'email' : channel
  return `${kind}:${address.trim().toLowerCase()}`
}

/** What is connected once in the world: to have named it proves nothing, so it counts once proved. */
export function provedKeyOf(channelKey: string, provedAt: string | undefined): string {
  return provedAt === undefined ? channelKey : `${channelKey} at ${provedAt}`
}

/** @throws AlreadyConnected */
export function createInbox(db: Database, vault: Vault, wanted: NewInbox): Promise<CreatedInbox> {
  const channelKey = wanted.channelKey ?? channelKeyOf(wanted.channel, wanted.address)
  return inTransaction(db, async (trx) => {
    const { accountId, actorUserId, settings, credentials, code } = wanted
    const history = hasHistory(wanted.channel)
    const inbox = await insertInbox(trx, {
      account_id: accountId,
      name: wanted.name,
      channel: wanted.channel,
      address: wanted.address,
      channel_key: channelKey,
      settings,
      // From the first moment: what arrives while connecting waits for the end of the import too.
      held_since: history ? new Date() : null,
      join_default_rules: wanted.joinDefaultRules ?? true,
      ...given('claudia_after_import', wanted.claudiaAfterImport),
      ...given('claudia_max_age_seconds', wanted.claudiaMaxAgeSeconds),
      ...given('archive_after_days', wanted.archiveAfterDays),
      ...given('thread_by_subject', wanted.threadBySubject),
    })
    if (!inbox) throw await alreadyConnected(trx, accountId, channelKey)
    const provedKey = provedKeyOf(channelKey, wanted.provedAt)
    if (await isProvedKeyTaken(trx, provedKey)) throw new AlreadyConnected(null)
    const ref = { accountId, inboxId: inbox.id }
    await addMembers(trx, accountId, inbox.id, wanted.agentIds ?? [], { byPerson: true })
    const secret = credentials ? { credentials } : code && { code }
    const draftId = secret ? await saveDraft(trx, vault, ref, { settings, ...secret }) : null
    if (history) {
      await trx
        .insertInto('imports')
        .values({
          account_id: accountId,
          inbox_id: inbox.id,
          number: 1,
          import_window: wanted.importWindow ?? { kind: 'all' },
        })
        .execute()
    }
    await addToTimeline(trx, ref, 'inbox_created', { channel: wanted.channel }, actorUserId)
    await askInbox(trx, ref, 'start')
    await addAccountEvents(trx, accountId, [
      { kind: 'inbox.created', data: { inbox_id: inbox.id } },
    ])
    return { inboxId: inbox.id, draftId, inbox }
  })
}

async function alreadyConnected(trx: Trx, accountId: number, channelKey: string): Promise<Error> {
  const other = await findInboxByChannelKey(trx, accountId, channelKey)
  // It was disconnected between the two statements: the next try takes it.
  return other ? new AlreadyConnected(other.id) : new Error('The channel has just become free')
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}
