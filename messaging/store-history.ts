// A page of imported mail, in one transaction with its cursor. Silent: no outbox row, no
// notification, no sequence number, and no conversation that it opens or wakes.

import { sql } from 'kysely'
import type { InboundMessage, PoisonMail } from '../channels/channel.ts'
import { addAccountEvents } from '../db/account-events.ts'
import { takeIds } from '../db/batch.ts'
import { commitCursor } from '../db/channel-cursors.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { importedStatus } from '../domain/conversation.ts'
import type { Storage } from '../storage/storage.ts'
import { placeThreads } from './conversation-rows.ts'
import { contactsOf, identityOf } from './inbound-contacts.ts'
import { type InboxOptions, inboxOptions } from './inbox-options.ts'
import { lockStoring, sortKnown } from './known-messages.ts'
import {
  insertAttachments,
  insertLocations,
  insertMessages,
  insertReferences,
} from './message-rows.ts'
import { quarantineMails } from './quarantine-mails.ts'
import { settleOwn } from './settle-own.ts'
import { type FileOf, putAttachments } from './stored-attachments.ts'
import { threadsOf } from './threads.ts'
import { withoutErased } from './tombstones.ts'

export interface HistoryTarget {
  accountId: number
  inboxId: number
  /** As its cursor calls it. */
  folder: string
  /** These mails were sent: a conversation of nothing else waits for nobody here. */
  sent?: boolean | undefined
  /** From takeFence. */
  fence: number
  nextCursor: unknown
  importId: number
  /** When this happens; now when absent. */
  now?: Date | undefined
  /** Absent: the files stay in the mailbox for now. */
  storage?: Storage | undefined
  /** The page before: stored first, while the files of this one are written already. */
  after?: Promise<unknown> | undefined
}

export interface HistoryPage {
  messages: InboundMessage[]
  poison: PoisonMail[]
  bytes: number
}

/**
 * Stores 500 to 1,000 mails at a time best; the same page again stores nothing.
 * @throws FenceLost when a newer attempt has taken over: nothing was stored
 */
export async function storeHistory(
  db: Database,
  target: HistoryTarget,
  page: HistoryPage,
): Promise<{ stored: number; known: number; quarantined: number }> {
  const { accountId, inboxId, folder } = target
  const fileOf = await putAttachments(db, target.storage, accountId, page.messages)
  await target.after

  return inTransaction(db, async (trx) => {
    await lockStoring(trx, inboxId)
    const options = await inboxOptions(trx, target)
    const messages = await withoutErased(trx, target, options, page.messages, () => 'history')
    const { known, fresh, copies } = await sortKnown(trx, inboxId, messages)
    await settleOwn(trx, accountId, known)
    const stored = await storeFresh(trx, target, options, fresh, fileOf)
    await insertLocations(trx, target, [
      ...known
        .filter(({ as }) => !as.sameLocation)
        .map(({ message, as }) => ({ message, messageId: as.messageId })),
      ...[...fresh, ...copies].map((message) => ({
        message,
        messageId: stored.get(message.externalId)!,
      })),
    ])
    const quarantined = await quarantineMails(trx, target, page.poison, 'history')
    await countProgress(trx, target, page)
    await addAccountEvents(trx, accountId, [
      {
        kind: 'import.progress',
        data: { inbox_id: inboxId, import_id: target.importId, stored: fresh.length },
      },
    ])
    await commitCursor(
      trx,
      { accountId, inboxId, folder, kind: 'history' },
      target.fence,
      target.nextCursor,
    )
    return { stored: fresh.length, known: known.length + copies.length, quarantined }
  })
}

/** Message ids by external id. */
async function storeFresh(
  trx: Trx,
  target: HistoryTarget,
  { archiveAfterDays, bySubject }: InboxOptions,
  fresh: InboundMessage[],
  fileOf: FileOf,
): Promise<Map<string, number>> {
  if (fresh.length === 0) return new Map()
  const { accountId, now = new Date() } = target
  const contacts = await contactsOf(
    trx,
    accountId,
    fresh.map(({ contact }) => contact),
  )
  const threads = await placeThreads(
    trx,
    target,
    await threadsOf(trx, target, fresh, { bySubject, merging: true }),
    contacts,
    (_, lastMessageAt) =>
      target.sent ? 'resolved' : importedStatus(lastMessageAt, now, archiveAfterDays),
  )
  const ids = await takeIds(trx, 'message_ids', fresh.length)
  const messages = threads.flatMap(({ conversationId, messages }) =>
    messages.map((message) => ({ conversationId, message })),
  )
  const rows = messages.map(({ conversationId, message }, at) => ({
    id: ids[at]!,
    conversationId,
    contactId: contacts.get(identityOf(message.contact))!,
    origin: 'history' as const,
    seq: null,
    message,
  }))
  await insertMessages(trx, target, rows)
  await insertReferences(trx, target, threads)
  await insertAttachments(trx, target, rows, fileOf)
  return new Map(rows.map(({ id, message }) => [message.externalId, id]))
}

async function countProgress(
  trx: Trx,
  { accountId, importId, now = new Date() }: HistoryTarget,
  page: HistoryPage,
): Promise<void> {
  // Known ones count too: progress is measured against the window's total.
  await trx
    .updateTable('imports')
    .set({
      done: sql<number>`done + ${page.messages.length}::bigint`,
      quarantined: sql<number>`quarantined + ${page.poison.length}::bigint`,
      bytes: sql<number>`bytes + ${page.bytes}::bigint`,
      progress_at: now,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', importId)
    .execute()
}
