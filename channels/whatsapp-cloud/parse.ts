// WhatsApp's webhooks as events: messages, statuses, what the phone sent, its contacts and history,
// and what became of the account. Pure.
// https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users

import { evidenceOf } from '../../domain/failures.ts'
import type { MessageStatus } from '../../domain/message.ts'
import type { InboundMessage } from '../channel.ts'
import {
  type Entry,
  entriesOf,
  list,
  object,
  parsed,
  partOf,
  text,
  timeOf,
} from '../meta/webhook.ts'
import type { DeliveredEvent, InboundEvent, RawPart } from '../webhook.ts'
import { contentOf, wordsOf } from './content.ts'
import { contactOf, messageWith } from './message.ts'
import { reasonOf } from './refusal-codes.ts'

type Json = Record<string, unknown>

/** Every event of a batch, each with the number it is for, or the account where none is named. */
export function parseWhatsApp(part: RawPart, receivedAt: Date): DeliveredEvent[] {
  return entriesIn(part).flatMap((entry) =>
    list(entry.body.changes).flatMap((change) => {
      const told = { entry, field: text(change.field), value: object(change.value), receivedAt }
      const number = text(object(told.value.metadata).phone_number_id)
      return eventsOf(told).map(({ event, value }) => ({
        address: number || entry.id,
        event,
        part: partOf(entry, { changes: [{ field: told.field, value }] }),
      }))
    }),
  )
}

/** Meta's example of a refused history has no envelope: its value stands alone. */
function entriesIn(part: RawPart): Entry[] {
  const entries = entriesOf(part)
  if (entries.length > 0) return entries
  const value = parsed(part.body)
  if (!Array.isArray(value.history)) return []
  const body = { changes: [{ field: 'history', value }] }
  return [{ object: 'whatsapp_business_account', id: '', body }]
}

interface Told {
  entry: Entry
  field: string
  value: Json
  receivedAt: Date
}

/** An event with the value that holds nothing else. */
interface Read {
  event: InboundEvent
  value: Json
}

function eventsOf(told: Told): Read[] {
  const { field, value, entry, receivedAt } = told
  const alone = (key: string, one: Json): Json => ({ ...envelopeOf(value), [key]: [one] })
  switch (field) {
    case 'messages':
      return [
        ...list(value.messages).map((one) => ({
          event: messageEvent(told, one),
          value: alone('messages', one),
        })),
        ...list(value.statuses).map((one) => ({
          event: statusEvent(one),
          value: alone('statuses', one),
        })),
      ]
    case 'smb_message_echoes':
      return list(value.message_echoes).map((one) => ({
        event: echoEvent(told, one),
        value: alone('message_echoes', one),
      }))
    case 'smb_app_state_sync':
      return list(value.state_sync).map((one) => ({
        event: contactEvent(one),
        value: alone('state_sync', one),
      }))
    case 'history':
      return historyEvents(told)
    case 'account_update':
      return [
        {
          event: {
            kind: 'account',
            what: text(value.event),
            reason: text(object(value.disconnection_info).reason) || null,
            number: text(value.phone_number).replace(/\D/g, '') || null,
            at: timeOf(entry.body.time, 's', receivedAt),
          },
          value,
        },
      ]
    case 'standby': {
      const { messages, message_echoes } = object(value.standby)
      const shown = (event: InboundEvent): InboundEvent =>
        event.kind === 'message'
          ? { ...event, message: { ...event.message, handledElsewhere: true } }
          : event
      const kept = (key: string, one: Json) => ({ ...envelopeOf(value), standby: { [key]: [one] } })
      return [
        ...list(messages).map((one) => ({
          event: shown(messageEvent(told, one)),
          value: kept('messages', one),
        })),
        ...list(message_echoes).map((one) => ({
          event: echoEvent(told, one),
          value: kept('message_echoes', one),
        })),
      ]
    }
    case 'messaging_handovers':
      return [{ event: { kind: 'channel', what: text(value.type) || field }, value }]
    default:
      return [{ event: { kind: 'unknown', what: field.slice(0, 60) || 'no_field' }, value }]
  }
}

/** What names the number and the contacts, beside the lists of events. */
function envelopeOf({ messaging_product, metadata, contacts }: Json): Json {
  return { messaging_product, metadata, ...(contacts === undefined ? {} : { contacts }) }
}

function messageEvent(told: Told, one: Json): InboundEvent {
  const id = text(one.id)
  if (id === '') return { kind: 'unknown', what: 'no_id' }
  const at = timeOf(one.timestamp, 's', told.receivedAt)
  const changed = changeOf(one, 'contact', at)
  if (changed) return changed
  const who = personOf(told.value, one)
  if (who.id === '') return { kind: 'unknown', what: 'no_sender' }
  const message = messageWith({ id, at, person: who, outgoing: false }, contentOf(one))
  // Nobody can answer what nobody can read, and it often comes readable a moment later.
  const automatic = message.attributes.unavailable !== undefined || one.type === 'system'
  return { kind: 'message', message: { ...message, automatic } }
}

/** By number or, where somebody shows none, by the id that stands for them at this business. */
function personOf({ contacts }: Json, { from, from_user_id }: Json) {
  const sender = text(from)
  const known = list(contacts).find(({ wa_id }) => text(wa_id) === sender) ?? list(contacts)[0]
  const { profile, user_id } = known ?? {}
  const userId = text(from_user_id) || text(user_id)
  return { id: sender || userId, userId, name: text(object(profile).name) }
}

/** The Business app or a companion sent it. */
function echoEvent(told: Told, one: Json): InboundEvent {
  const id = text(one.id)
  const to = text(one.to)
  if (id === '' || to === '') return { kind: 'unknown', what: 'incomplete_echo' }
  const at = timeOf(one.timestamp, 's', told.receivedAt)
  const changed = changeOf(one, 'account', at)
  if (changed) return changed
  const content = contentOf(one)
  const attributes = { ...content.attributes, sent_from: 'phone' }
  const person = { id: to, userId: '', name: '' }
  const message = messageWith({ id, at, person, outgoing: true }, { ...content, attributes })
  return { kind: 'message', message }
}

/** Undefined: it is a message of its own. */
function changeOf(one: Json, by: 'contact' | 'account', at: Date): InboundEvent | undefined {
  const type = text(one.type)
  if (type === 'reaction') {
    const { message_id, emoji } = object(one.reaction)
    const change = { what: 'reaction' as const, by, emoji: text(emoji) || null }
    return { kind: 'change', externalId: text(message_id), change, at }
  }
  if (type === 'revoke') {
    const externalId = text(object(one.revoke).original_message_id)
    return { kind: 'change', externalId, change: { what: 'deleted' }, at }
  }
  if (type === 'edit') {
    const { original_message_id, message } = object(one.edit)
    const change = { what: 'edited' as const, text: wordsOf(object(message)) }
    return { kind: 'change', externalId: text(original_message_id), change, at }
  }
  return undefined
}

const STATUSES: Record<string, MessageStatus> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
}

function statusEvent(one: Json): InboundEvent {
  const said = text(one.status)
  const status = Object.hasOwn(STATUSES, said) ? STATUSES[said] : undefined
  if (status === undefined) return { kind: 'unknown', what: `status ${said.slice(0, 40)}` }
  const [error] = list(one.errors)
  const details = text(object(error?.error_data).details) || text(error?.message)
  const reference = Number(text(one.biz_opaque_callback_data))
  return {
    kind: 'status',
    externalId: text(one.id),
    status,
    ...(Number.isSafeInteger(reference) && reference > 0 ? { reference } : {}),
    ...(status === 'failed'
      ? { code: reasonOf(Number(error?.code)), evidence: evidenceOf(`${error?.code} ${details}`) }
      : {}),
  }
}

/** A name of the phone's address book. One that is taken out there stays known here. */
function contactEvent({ type, contact, action }: Json): InboundEvent {
  const { full_name, first_name, phone_number } = object(contact)
  const name = text(full_name) || text(first_name)
  const digits = text(phone_number).replace(/\D/g, '')
  if (type !== 'contact' || action !== 'add' || digits === '' || name === '') {
    return { kind: 'channel', what: 'smb_app_state_sync' }
  }
  return { kind: 'contact', contact: contactOf({ id: digits, userId: '', name }) }
}

/** Chunks are kept whole, thousands of messages each; their files come later, one by one. */
function historyEvents(told: Told): Read[] {
  const { value, receivedAt } = told
  const chunks = list(value.history).map((chunk): Read => {
    const kept = { ...envelopeOf(value), history: [chunk] }
    const refused = list(chunk.errors).some(({ code }) => Number(code) === HISTORY_REFUSED)
    const { phase, progress } = object(chunk.metadata)
    const complete = Number(phase) === LAST_PHASE && Number(progress) >= 100
    const end = refused ? 'refused' : complete ? 'complete' : null
    return { event: { kind: 'history', end, progress: progressOf(phase, progress) }, value: kept }
  })
  const files = list(value.messages).flatMap((one): Read[] => {
    const message = historyMessage(object(value.metadata), one, text(one.from), receivedAt)
    if (!message) return []
    return [
      { event: { kind: 'message', message }, value: { ...envelopeOf(value), messages: [one] } },
    ]
  })
  return [...chunks, ...files]
}

/** The business does not share it. */
const HISTORY_REFUSED = 2_593_109
/** Of three: the last day, ninety days, half a year. */
const LAST_PHASE = 2

/** Per cent of all phases together. */
function progressOf(phase: unknown, progress: unknown): number {
  const share = (Number(phase) * 100 + Number(progress)) / (LAST_PHASE + 1)
  return Math.max(0, Math.min(100, Math.round(share) || 0))
}

/** The messages of a chunk that was kept, in the order they were written. */
export function historyMessages(part: RawPart, receivedAt: Date): InboundMessage[] {
  return entriesOf(part)
    .flatMap(({ body }) => list(body.changes))
    .flatMap(({ value }) => {
      const metadata = object(object(value).metadata)
      return list(object(value).history)
        .flatMap((chunk) => list(chunk.threads))
        .flatMap((thread) =>
          list(thread.messages).flatMap(
            (one) => historyMessage(metadata, one, text(thread.id), receivedAt) ?? [],
          ),
        )
    })
    .sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime())
}

/** @param contact whose thread it is in; what the number itself wrote is ours */
function historyMessage(
  { display_phone_number }: Json,
  one: Json,
  contact: string,
  receivedAt: Date,
): InboundMessage | undefined {
  const id = text(one.id)
  const from = text(one.from).replace(/\D/g, '')
  const outgoing = from === text(display_phone_number).replace(/\D/g, '')
  const other = outgoing && contact === text(one.from) ? text(one.to) : contact
  if (id === '' || other === '' || changeOf(one, 'contact', receivedAt)) return undefined
  const at = timeOf(one.timestamp, 's', receivedAt)
  const person = { id: other, userId: '', name: '' }
  const content = contentOf(one)
  const attributes = { ...content.attributes, ...(outgoing ? { sent_from: 'phone' } : {}) }
  const message = messageWith({ id, at, person, outgoing }, { ...content, attributes })
  return { ...message, fromHistory: true }
}
