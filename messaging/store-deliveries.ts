// What a provider pushed, whole or not at all: the deliveries, their messages with outbox rows, and
// the news about our own messages, in one transaction. Only then is the provider told.

import type { InboundMessage } from '../channels/channel.ts'
import type { DeliveredEvent, ReceiverEvidence, StatusEvent } from '../channels/webhook.ts'
import { NO_FOLDER } from '../db/channel-cursors.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { wantNames } from '../db/contact-names.ts'
import { insertDeliveries, type NewDelivery } from '../db/inbound-deliveries.ts'
import { askInbox } from '../db/outbox.ts'
import { HISTORY_WAITS } from '../db/pushed-history.ts'
import { noteReceiver } from '../db/receivers.ts'
import { arrivalByTime } from '../domain/arrival.ts'
import { applyStatusTo } from './apply-status.ts'
import { applyWaitingChanges, changeMessage } from './change-message.ts'
import type { InboxRef } from './message-rows.ts'
import { noteAccount } from './note-account.ts'
import { noteHistory } from './note-history.ts'
import { settleUntil } from './settle-until.ts'
import { type InboundCounts, storeInbound } from './store-inbound.ts'
import { writeNames } from './write-names.ts'

export interface Delivery extends DeliveredEvent {
  receivedAt: Date
}

export interface PushedInbox extends InboxRef {
  now: Date
  /** When the channel was last asked for what was missed; null: never, or it cannot be asked. */
  lastGoodSyncAt: Date | null
}

/** Each event once, however often it comes: messages by their external id, statuses by the lattice. */
export function storeDeliveries(
  db: Database,
  inbox: PushedInbox,
  deliveries: readonly Delivery[],
): Promise<InboundCounts> {
  return inTransaction(db, async (trx) => {
    await insertDeliveries(trx, inbox, deliveries.filter(isKept).map(rowOf))
    return applyEvents(trx, inbox, deliveries)
  })
}

/** The events alone, for deliveries that are kept already. */
export async function applyEvents(
  trx: Trx,
  inbox: PushedInbox,
  deliveries: readonly DeliveredEvent[],
): Promise<InboundCounts> {
  const events = deliveries.map(({ event }) => event)
  const messages = events.flatMap((event) => (event.kind === 'message' ? [event.message] : []))
  const counts = await storePushed(trx, inbox, messages)
  const nameless = messages.flatMap(({ contact }) => (contact.nameless ? contact : []))
  if (await wantNames(trx, inbox.accountId, nameless)) await askInbox(trx, inbox, 'changed')
  const stored = messages.map(({ externalId }) => externalId)
  await applyWaitingChanges(trx, inbox, stored)
  for (const event of events) {
    if (event.kind === 'status') await settle(trx, inbox, event)
    if (event.kind === 'change') await changeMessage(trx, inbox, event)
    if (event.kind === 'watermark') await settleUntil(trx, inbox, event)
    if (event.kind === 'account') await noteAccount(trx, inbox, event)
  }
  const named = events.flatMap((event) => (event.kind === 'contact' ? [event.contact] : []))
  await writeNames(trx, inbox.accountId, named)
  await noteHistory(
    trx,
    inbox,
    events.filter((event) => event.kind === 'history'),
  )
  for (const receiver of latestOf(deliveries)) {
    const { what: evidence, at: seenAt } = receiver
    await noteReceiver(trx, inbox, { ...receiver, evidence, seenAt })
  }
  return counts
}

const isKept = ({ event }: Delivery) => event.kind !== 'ignored'

/** Who answers, by product: the last that the deliveries show. */
function latestOf(deliveries: readonly DeliveredEvent[]): ReceiverEvidence[] {
  const seen = deliveries.flatMap(({ receiver }) => receiver ?? [])
  seen.sort((a, b) => a.at.getTime() - b.at.getTime())
  return [...new Map(seen.map((receiver) => [receiver.product, receiver])).values()]
}

/** Kept although it could not be stored, so that it can be read again once the fault is mended. */
export function keepFailed(
  db: Database,
  inbox: InboxRef,
  delivery: Delivery,
  reason: string,
): Promise<void> {
  return inTransaction(db, (trx) =>
    insertDeliveries(trx, inbox, [{ ...rowOf(delivery), kind: 'failed', reason }]),
  )
}

async function storePushed(
  trx: Trx,
  inbox: PushedInbox,
  messages: InboundMessage[],
): Promise<InboundCounts> {
  if (messages.length === 0) return { live: 0, late: 0, history: 0, known: 0 }
  const target = {
    ...inbox,
    folder: NO_FOLDER,
    // Pushed late, or read again after long: people see it, and nothing answers by itself.
    arrivalOf: ({ deliveredAt, fromHistory }: InboundMessage) =>
      fromHistory ? 'history' : arrivalByTime(deliveredAt, inbox.lastGoodSyncAt ?? inbox.now),
  }
  return storeInbound(trx, target, { messages, poison: [] })
}

/** A status may come before the reply to our send that names the message. */
async function settle(trx: Trx, { accountId, inboxId }: InboxRef, event: StatusEvent) {
  const { externalId, reference, status, code, evidence } = event
  const ours = () =>
    trx
      .selectFrom('messages')
      .select(['id', 'external_id'])
      .where('account_id', '=', accountId)
      .where('inbox_id', '=', inboxId)
      .where('direction', '=', 'outgoing')
  let found = await ours().where('external_id', '=', externalId).executeTakeFirst()
  if (!found && reference !== undefined) {
    found = await ours()
      .where('id', '=', reference)
      .where('external_id', 'is', null)
      .where('status', 'in', ['transmitting', 'unconfirmed'])
      .executeTakeFirst()
    if (found) {
      await trx
        .updateTable('messages')
        .set({ external_id: externalId })
        .where('account_id', '=', accountId)
        .where('id', '=', found.id)
        .execute()
    }
  }
  if (found) await applyStatusTo(trx, accountId, found.id, status, { code, evidence })
}

function rowOf({ event, part, receivedAt }: Delivery): NewDelivery {
  return { ...understoodAs(event), ...part, receivedAt }
}

/** How a delivery is filed. */
export function understoodAs(
  event: DeliveredEvent['event'],
): Pick<NewDelivery, 'kind' | 'externalId' | 'reason'> {
  switch (event.kind) {
    case 'message':
      return { kind: 'message', externalId: event.message.externalId, reason: null }
    case 'status':
    case 'change':
      return { kind: event.kind, externalId: event.externalId, reason: null }
    case 'watermark':
      return { kind: 'status', externalId: null, reason: null }
    case 'account':
      return { kind: 'channel', externalId: null, reason: event.what }
    case 'contact':
      return { kind: 'channel', externalId: null, reason: null }
    case 'history':
      return { kind: 'history', externalId: null, reason: HISTORY_WAITS }
    case 'channel':
    case 'unknown':
      return { kind: event.kind, externalId: null, reason: event.what }
    case 'ignored':
      throw new Error('What is ignored is not filed')
  }
}
