// A page of new mail, in one transaction with its cursor. What is live gets its place in the
// conversation's order and an outbox row; what is late or history is only stored.

import type { InboundMessage, PoisonMail } from '../channels/channel.ts'
import { addAccountEvents, writeAccountEvents } from '../db/account-events.ts'
import { takeIds } from '../db/batch.ts'
import { commitCursor } from '../db/channel-cursors.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { askInbox } from '../db/outbox.ts'
import { readInOrder } from '../db/reading-order.ts'
import type { Arrival } from '../domain/arrival.ts'
import { importedStatus } from '../domain/conversation.ts'
import type { MessageOrigin } from '../domain/message.ts'
import type { Storage } from '../storage/storage.ts'
import { announceLive, openLate, type Step } from './announce-arrivals.ts'
import { placeThreads } from './conversation-rows.ts'
import { fillPlaceholders } from './fill-placeholders.ts'
import { contactsOf, identityOf } from './inbound-contacts.ts'
import { type InboxOptions, inboxOptions } from './inbox-options.ts'
import { type KnownMessage, lockStoring, sortKnown } from './known-messages.ts'
import {
  insertAttachments,
  insertLocations,
  insertMessages,
  insertReferences,
  type NewMessage,
} from './message-rows.ts'
import { quarantineMails } from './quarantine-mails.ts'
import { settleAnswered } from './settle-answered.ts'
import { settleOwn } from './settle-own.ts'
import { type FileOf, putAttachments } from './stored-attachments.ts'
import { threadsOf } from './threads.ts'
import { withoutErased } from './tombstones.ts'

export interface InboundTarget {
  accountId: number
  inboxId: number
  folder: string
  /** From takeFence; absent for channels without a cursor. */
  fence?: number | undefined
  nextCursor?: unknown
  now: Date
  arrivalOf: (message: InboundMessage) => Arrival
  /** Absent: the files stay in the mailbox for now. */
  storage?: Storage | undefined
}

export interface InboundPage {
  messages: InboundMessage[]
  poison: PoisonMail[]
}

/** How many of a page were what; `live` includes history promoted now. */
export interface InboundCounts {
  live: number
  late: number
  history: number
  known: number
}

/**
 * Stores each mail once, however often and in whatever order it comes.
 * @throws FenceLost when a newer attempt has taken over: nothing was stored
 */
export async function storeInbound(
  db: Database,
  target: InboundTarget,
  page: InboundPage,
): Promise<InboundCounts> {
  const { accountId, inboxId, folder, fence } = target
  const fileOf = await putAttachments(db, target.storage, accountId, page.messages)

  return inTransaction(db, async (trx) => {
    await lockStoring(trx, inboxId)
    const counts: InboundCounts = { live: 0, late: 0, history: 0, known: 0 }
    const options = await inboxOptions(trx, target)
    const messages = await withoutErased(trx, target, options, page.messages, target.arrivalOf)
    if (messages.length > 0) await storePage(trx, { ...target, options }, messages, counts, fileOf)
    await quarantineMails(trx, target, page.poison, 'live')
    if (fence !== undefined) {
      const key = { accountId, inboxId, folder, kind: 'live' as const }
      await commitCursor(trx, key, fence, target.nextCursor)
    }
    return counts
  })
}

type PageTarget = InboundTarget & { options: InboxOptions }

async function storePage(
  trx: Trx,
  target: PageTarget,
  messages: readonly InboundMessage[],
  counts: InboundCounts,
  fileOf: FileOf,
): Promise<void> {
  const { known, fresh, copies } = await sortKnown(trx, target.inboxId, messages)
  await settleOwn(trx, target.accountId, known)
  const filled = await fillPlaceholders(trx, target, known)
  const arrivals = new Map(fresh.map((message) => [message, target.arrivalOf(message)]))
  const rows = await storeFresh(trx, target, fresh, arrivals)
  const idOf = new Map(rows.map(({ id, message }) => [message.externalId, id]))

  // Nothing could act on a placeholder, so what fills it is news.
  const woken = filled.filter(({ as, message }) => as.origin === 'live' && !message.fromHistory)
  const promoted = [...promotable(known, target), ...woken]
  const live: Step[] = [
    ...rows.flatMap((row) => (row.origin === 'live' ? [{ ...row, promoted: false }] : [])),
    ...promoted.map(({ message, as }) => ({
      id: as.messageId,
      conversationId: as.conversationId,
      isNew: false,
      message,
      promoted: true,
    })),
  ]
  const place = new Map(messages.map((message, at) => [message, at]))
  live.sort((a, b) => place.get(a.message)! - place.get(b.message)!)
  const seqs = await announceLive(trx, target, live)

  await insertMessages(
    trx,
    target,
    rows.map((row) => ({ ...row, seq: seqs.get(row.id) ?? null })),
  )
  await readInOrder(
    trx,
    target.accountId,
    live.map(({ id }) => id),
  )
  if (await insertAttachments(trx, target, rows, fileOf)) await askInbox(trx, target, 'changed')
  await insertLocations(trx, target, [
    ...known
      .filter(({ as }) => !as.sameLocation)
      .map(({ message, as }) => ({ message, messageId: as.messageId })),
    ...[...fresh, ...copies].map((message) => ({
      message,
      messageId: idOf.get(message.externalId)!,
    })),
  ])
  await announce(
    trx,
    target,
    rows,
    promoted.map(({ as }) => as),
  )
  const late = rows.filter(({ origin }) => origin === 'late')
  const announced = new Set(live.map(({ conversationId }) => conversationId))
  await openLate(
    trx,
    target,
    late
      .filter(({ message }) => message.direction === 'incoming')
      .map((row) => ({ ...row, isNew: row.isNew && !announced.has(row.conversationId) })),
  )
  await settleAnswered(trx, target, fresh)

  counts.live = live.length
  counts.late = late.length
  counts.history = rows.filter(({ origin }) => origin === 'history').length
  counts.known = known.length + copies.length - promoted.length
}

type StoredRow = NewMessage & { isNew: boolean }

async function storeFresh(
  trx: Trx,
  target: PageTarget,
  fresh: readonly InboundMessage[],
  arrivals: ReadonlyMap<InboundMessage, Arrival>,
): Promise<StoredRow[]> {
  if (fresh.length === 0) return []
  const { accountId, now, options } = target
  const points = fresh.map(({ contact }) => contact)
  const contacts = await contactsOf(trx, accountId, points)
  const { archiveAfterDays, bySubject } = options
  const threads = await placeThreads(
    trx,
    target,
    await threadsOf(trx, target, fresh, { bySubject, merging: false }),
    contacts,
    ({ messages }, lastMessageAt) =>
      messages.every((message) => arrivals.get(message) === 'history')
        ? importedStatus(lastMessageAt, now, archiveAfterDays)
        : 'open',
  )
  await insertReferences(trx, target, threads)
  const ids = await takeIds(trx, 'message_ids', fresh.length)
  const threadOf = new Map(
    threads.flatMap((thread) => thread.messages.map((message) => [message, thread] as const)),
  )
  return fresh.map((message, at) => {
    const { conversationId, isNew } = threadOf.get(message)!
    const contactId = contacts.get(identityOf(message.contact))!
    const origin = originOf(message, arrivals.get(message)!)
    return { id: ids[at]!, conversationId, contactId, origin, seq: null, message, isNew }
  })
}

/** What another program wrote, or answers, is mirrored; it wakes nothing. */
function originOf(message: InboundMessage, arrival: Arrival): MessageOrigin {
  const mirrored = message.direction === 'outgoing' || message.handledElsewhere === true
  return mirrored && arrival === 'live' ? 'echo' : arrival
}

/** Imported mail that the live path meets as live; each once, also within the page. */
function promotable(
  known: readonly { message: InboundMessage; as: KnownMessage }[],
  target: InboundTarget,
) {
  const seen = new Set<number>()
  return known.filter(({ message, as }) => {
    const promotes =
      as.origin === 'history' &&
      message.direction === 'incoming' &&
      !seen.has(as.messageId) &&
      target.arrivalOf(message) === 'live'
    if (promotes) seen.add(as.messageId)
    return promotes
  })
}

async function announce(
  trx: Trx,
  { accountId, inboxId, options }: PageTarget,
  rows: readonly StoredRow[],
  promoted: readonly KnownMessage[],
): Promise<void> {
  const byConversation = new Map<number, { isNew: boolean; messageIds: number[] }>()
  const add = (conversationId: number, messageId: number, isNew: boolean) => {
    const entry = byConversation.get(conversationId) ?? { isNew, messageIds: [] }
    entry.messageIds.push(messageId)
    byConversation.set(conversationId, entry)
  }
  for (const row of rows) add(row.conversationId, row.id, row.isNew)
  for (const { conversationId, messageId } of promoted) add(conversationId, messageId, false)
  // Of every other channel no visitor is there to hear of it.
  const tell = options.channel === 'web_widget' ? addAccountEvents : writeAccountEvents
  await tell(
    trx,
    accountId,
    [...byConversation].map(([conversationId, { isNew, messageIds }]) => ({
      kind: isNew ? 'conversation.created' : 'message.created',
      data: { inbox_id: inboxId, conversation_id: conversationId, message_ids: messageIds },
    })),
  )
}
