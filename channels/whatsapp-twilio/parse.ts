// Twilio's webhooks as events: a message of a contact, or what became of one of ours. Pure.
// https://www.twilio.com/docs/messaging/guides/webhook-request

import { evidenceOf } from '../../domain/failures.ts'
import type { MessageStatus } from '../../domain/message.ts'
import type { ContactPoint, InboundAttachment, InboundMessage } from '../channel.ts'
import type { DeliveredEvent, InboundEvent, RawPart, StatusEvent } from '../webhook.ts'
import { threadOf } from '../whatsapp/number-forms.ts'
import { decodeForm, type TwilioParams, textOf } from './form.ts'
import { fileNameOf } from './media-names.ts'
import { numberOf, otherForm } from './phone-numbers.ts'
import { reasonOf } from './refusal-codes.ts'

export { threadOf } from '../whatsapp/number-forms.ts'

/** One request is one event. */
export function parseTwilio(part: RawPart, receivedAt: Date): DeliveredEvent[] {
  const params = decodeForm(part.body)
  const get = (key: string) => textOf(params, key)
  const isStatus = get('MessageStatus') !== ''
  const address = numberOf(get(isStatus ? 'From' : 'To')) ?? ''
  return [{ address, part, event: eventOf(get, part, isStatus, receivedAt, params) }]
}

type Get = (key: string) => string

function eventOf(
  get: Get,
  part: RawPart,
  isStatus: boolean,
  receivedAt: Date,
  params: TwilioParams,
): InboundEvent {
  const sid = get('MessageSid') || get('SmsSid')
  if (sid === '') return { kind: 'unknown', what: 'no_message_sid' }
  if (isStatus) {
    const status = statusOf(get('MessageStatus'))
    return status === undefined
      ? { kind: 'unknown', what: `status ${get('MessageStatus').slice(0, 40)}` }
      : statusEvent(get, sid, status, part)
  }
  if (get('From') === '') return { kind: 'unknown', what: 'no_sender' }
  return { kind: 'message', message: messageOf(get, sid, receivedAt, params) }
}

/** Statuses of a message; those before `sent` say nothing that we do not know. */
export function statusOf(status: string): MessageStatus | undefined {
  const known: Record<string, MessageStatus> = {
    sent: 'sent',
    delivered: 'delivered',
    read: 'read',
    failed: 'failed',
    undelivered: 'failed',
    canceled: 'failed',
  }
  return Object.hasOwn(known, status) ? known[status] : undefined
}

function statusEvent(get: Get, sid: string, status: MessageStatus, part: RawPart): StatusEvent {
  // The callback's address holds our id: a status may come before the reply that names the sid.
  const reference = Number(new URLSearchParams(part.query).get('message') ?? '')
  return {
    kind: 'status',
    externalId: sid,
    status,
    ...(Number.isSafeInteger(reference) && reference > 0 ? { reference } : {}),
    ...(status === 'failed'
      ? failureOf(Number(get('ErrorCode')), get('ChannelStatusMessage') || get('ErrorMessage'))
      : {}),
  }
}

/** In our words and in Twilio's. */
export function failureOf(code: number, words: string): Pick<StatusEvent, 'code' | 'evidence'> {
  return { code: reasonOf(code), evidence: evidenceOf(`${code} ${words}`) }
}

function messageOf(get: Get, sid: string, receivedAt: Date, params: TwilioParams): InboundMessage {
  const contact = contactOf(get('From'), get('ProfileName'), [
    get('WaId') && `+${get('WaId')}`,
    get('ExternalUserId'),
  ])
  return {
    externalId: sid,
    direction: 'incoming',
    sentByAccount: false,
    contact,
    sourceId: null,
    references: [threadOf(contact)],
    subject: '',
    text: get('Body') || placeText(get),
    html: null,
    contentType: 'text',
    attributes: attributesOf(get),
    automatic: false,
    sentAt: receivedAt,
    deliveredAt: receivedAt,
    attachments: attachmentsOf(get, params),
    location: null,
  }
}

/**
 * Who wrote. `From` is opaque: mostly it shows a number, with WhatsApp's user names it need not.
 * The other names lead to the same person, also the same number with a 9 more or less.
 */
export function contactOf(from: string, name: string, others: string[] = []): ContactPoint {
  const points = [from, ...others].filter(Boolean).flatMap((other) => {
    const number = numberOf(other) ?? (/^\+\d{5,15}$/.test(other) ? other : undefined)
    if (number === undefined) return [{ kind: 'whatsapp', value: other }]
    return [number, otherForm(number)].flatMap((value) => (value ? [{ kind: 'phone', value }] : []))
  })
  const distinct = new Map(points.map((point) => [point.value, point]))
  const [first, ...aliases] = distinct.values()
  return { ...first!, name: name || from.replace(/^whatsapp:/, ''), aliases }
}

function placeText(get: Get): string {
  if (get('Latitude') === '') return ''
  const named = [get('Label'), get('Address')].filter(Boolean).join(', ')
  return named || `${get('Latitude')}, ${get('Longitude')}`
}

/** What an agent sees beside the text. */
function attributesOf(get: Get): Record<string, unknown> {
  const place = {
    latitude: Number(get('Latitude')),
    longitude: Number(get('Longitude')),
    label: get('Label'),
    address: get('Address'),
  }
  const button = { text: get('ButtonText'), payload: get('ButtonPayload') }
  const choice = { id: get('ListId'), title: get('ListTitle') }
  const referral = {
    headline: get('ReferralHeadline'),
    body: get('ReferralBody'),
    source_type: get('ReferralSourceType'),
    source_id: get('ReferralSourceId'),
    source_url: get('ReferralSourceUrl'),
    click_id: get('ReferralCtwaClid'),
  }
  const given = {
    from: get('From'),
    profile_name: get('ProfileName'),
    message_type: get('MessageType'),
    in_reply_to: get('OriginalRepliedMessageSid'),
    ...(get('Latitude') === '' ? {} : { location: place }),
    ...(get('ButtonText') === '' ? {} : { button }),
    ...(get('ListId') === '' ? {} : { list_reply: choice }),
    ...(get('FlowData') === '' ? {} : { form_reply: get('FlowData') }),
    ...(get('ReferralSourceId') || get('ReferralHeadline') ? { referral } : {}),
    ...(get('Forwarded') === 'true' ? { forwarded: true } : {}),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
}

/** Their bytes are at Twilio; `part` is where. */
function attachmentsOf(get: Get, params: TwilioParams): InboundAttachment[] {
  const count = Math.min(Number(get('NumMedia')) || 0, MAX_MEDIA)
  return Array.from({ length: count }, (_, at) => at)
    .filter((at) => Object.hasOwn(params, `MediaUrl${at}`))
    .map((at) => attachmentAt(get(`MediaUrl${at}`), get(`MediaContentType${at}`), at))
}

export function attachmentAt(url: string, type: string, position: number): InboundAttachment {
  return {
    fileName: fileNameOf(type, position),
    contentType: type || 'application/octet-stream',
    // Not told; known once it is fetched.
    size: 0,
    contentId: null,
    inline: false,
    content: null,
    part: url,
  }
}

/** Twilio's own limit for one message. */
const MAX_MEDIA = 10
