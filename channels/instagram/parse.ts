// Webhooks of Instagram and Messenger as events. Pure.
// https://developers.facebook.com/docs/messenger-platform/webhooks

import type { InboundMessage } from '../channel.ts'
import { type Entry, entriesOf, list, object, partOf, text, timeOf } from '../meta/webhook.ts'
import type { DeliveredEvent, InboundEvent, RawPart, ReceiverEvidence } from '../webhook.ts'
import { carriedBy, isStoryMention } from './attachments.ts'

type Product = ReceiverEvidence['product']
type Json = Record<string, unknown>

const PRODUCTS: Record<string, Product> = { instagram: 'instagram', page: 'messenger' }

/** Every event of a batch, each with the entry's page or Instagram account as its address. */
export function parseMessaging(part: RawPart, receivedAt: Date): DeliveredEvent[] {
  return entriesOf(part).flatMap((entry) => {
    const product = Object.hasOwn(PRODUCTS, entry.object) ? PRODUCTS[entry.object]! : undefined
    if (product === undefined) return []
    // `standby`: the same events while another app owns the thread.
    return (['messaging', 'standby'] as const).flatMap((where) =>
      list(entry.body[where]).flatMap((one) => {
        const told = { entry, product, standby: where === 'standby', one, receivedAt }
        const kept = partOf(entry, { [where]: [one] })
        return readEvents(told).map((event) => ({ ...event, address: entry.id, part: kept }))
      }),
    )
  })
}

interface Told {
  entry: Entry
  product: Product
  standby: boolean
  one: Json
  receivedAt: Date
}

type Read = Pick<DeliveredEvent, 'event' | 'receiver'>

function readEvents(told: Told): Read[] {
  const { one, entry, receivedAt } = told
  const at = timeOf(one.timestamp, 'ms', receivedAt)
  if (one.message) return [readMessage(told, object(one.message), at)]
  if (one.postback) return [readPostback(told, object(one.postback), at)]
  if (one.reaction) {
    const { mid, action, emoji, reaction } = object(one.reaction)
    const by = text(object(one.sender).id) === entry.id ? 'account' : 'contact'
    const shown = action === 'unreact' ? null : text(emoji) || text(reaction) || null
    const change = { what: 'reaction' as const, by: by as typeof by, emoji: shown }
    return [{ event: { kind: 'change', externalId: text(mid), change, at } }]
  }
  if (one.delivery) {
    const { mids, watermark } = object(one.delivery)
    if (!Array.isArray(mids)) return [watermarkOf(told, 'delivered', watermark, at)]
    return mids.map((mid) => ({
      event: { kind: 'status', externalId: text(mid), status: 'delivered' },
    }))
  }
  // Instagram names the message that was read, which means those before it too.
  if (one.read) return [watermarkOf(told, 'read', object(one.read).watermark, at)]
  return [readControl(told, at)]
}

function readMessage(told: Told, message: Json, at: Date): Read {
  const mid = text(message.mid)
  const isEcho = message.is_echo === true
  if (mid === '') return unknown('no_mid')
  if (message.is_deleted === true) {
    return { event: { kind: 'change', externalId: mid, change: { what: 'deleted' }, at } }
  }
  if (isStoryMention(message)) return { event: { kind: 'ignored', what: 'story_mention' } }
  const { attachments, attributes } = carriedBy(message)
  const payload = object(message.quick_reply).payload
  const referral = object(message.referral)
  const stored = messageOf(told, at, mid, {
    direction: isEcho ? 'outgoing' : 'incoming',
    text: text(message.text),
    attachments,
    attributes: {
      ...attributes,
      in_reply_to: text(object(message.reply_to).mid),
      ...(payload === undefined ? {} : { quick_reply: { payload: text(payload) } }),
      ...(Object.keys(referral).length === 0 ? {} : { referral: referralOf(referral) }),
      ...(isEcho && message.app_id !== undefined ? { app_id: text(message.app_id) } : {}),
    },
  })
  return {
    event: { kind: 'message', message: stored },
    ...(isEcho ? {} : { receiver: receiverOf(told, at) }),
  }
}

/** A button of ours, or the start of a conversation. In standby Meta leaves the payload out. */
function readPostback(told: Told, { mid, title, payload }: Json, at: Date): Read {
  if (text(mid) === '') return unknown('postback_without_mid')
  const message = messageOf(told, at, text(mid), {
    direction: 'incoming',
    text: text(title),
    attachments: [],
    attributes: { postback: { payload: text(payload) } },
  })
  return { event: { kind: 'message', message }, receiver: receiverOf(told, at) }
}

/** Where a contact's message was told shows who is to answer it. */
function receiverOf({ product, standby }: Told, at: Date): ReceiverEvidence {
  return standby
    ? { product, owner: 'other', what: 'standby', at }
    : { product, owner: 'us', what: 'message', at }
}

function messageOf(
  { entry, product, standby, one }: Told,
  at: Date,
  mid: string,
  said: Pick<InboundMessage, 'direction' | 'text' | 'attachments' | 'attributes'>,
): InboundMessage {
  const isOurs = said.direction === 'outgoing'
  const contact = text(object(isOurs ? one.recipient : one.sender).id)
  const given = {
    product,
    account: entry.id,
    from: isOurs ? '' : `${product}:${contact}`,
    ...said.attributes,
  }
  return {
    externalId: mid,
    direction: said.direction,
    sentByAccount: isOurs,
    ...(standby ? { handledElsewhere: true } : {}),
    contact: { kind: product, value: contact, name: contact, nameless: true },
    sourceId: null,
    references: [threadOf(product, contact)],
    subject: '',
    text: said.text,
    html: null,
    contentType: 'text',
    attributes: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
    automatic: false,
    sentAt: at,
    deliveredAt: at,
    attachments: said.attachments,
    location: null,
  }
}

/** One conversation with each contact of a page: their ids are the page's own. */
export const threadOf = (product: Product, contact: string) => `contact ${product} ${contact}`

function referralOf(referral: Json): Json {
  const { ref, ad_id, source, type, ads_context_data } = referral
  const title = text(object(ads_context_data).ad_title)
  const given = {
    ref: text(ref),
    ad_id: text(ad_id),
    source: text(source),
    type: text(type),
    title,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
}

function watermarkOf(told: Told, status: 'delivered' | 'read', value: unknown, at: Date): Read {
  const contact = { kind: told.product, value: text(object(told.one.sender).id) }
  return { event: { kind: 'watermark', status, contact, upTo: timeOf(value, 'ms', at) } }
}

/**
 * Conversation Routing, which keeps the handover protocol's webhooks. Ids come as strings or numbers.
 * https://developers.facebook.com/docs/messenger-platform/conversation-routing
 */
function readControl({ one, product }: Told, at: Date): Read {
  for (const what of ['pass_thread_control', 'take_thread_control'] as const) {
    const owner = text(object(one[what]).new_owner_app_id)
    if (one[what]) return { event: channel(what), ...seen(owner, what) }
  }
  if (one.app_roles) {
    const primary = Object.entries(object(one.app_roles)).find(
      ([, roles]) => Array.isArray(roles) && roles.includes('primary_receiver'),
    )
    return { event: channel('app_roles'), ...seen(primary?.[0] ?? '', 'app_roles') }
  }
  if (one.request_thread_control) return { event: channel('request_thread_control') }
  return unknown(one.referral ? 'referral' : Object.keys(one).filter(isTelling).join(' '))

  function seen(owner: string, what: string) {
    return owner === '' ? {} : { receiver: { product, owner, what, at } }
  }
}

const isTelling = (key: string) => !['sender', 'recipient', 'timestamp'].includes(key)
const channel = (what: string): InboundEvent => ({ kind: 'channel', what })
const unknown = (what: string): Read => ({
  event: { kind: 'unknown', what: what.slice(0, 60) || 'empty' },
})
