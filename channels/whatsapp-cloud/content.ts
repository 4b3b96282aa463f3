// What a WhatsApp message says, whichever webhook carries it. Pure.
// https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples

import type { InboundAttachment } from '../channel.ts'
import { list, object, text } from '../meta/webhook.ts'

type Json = Record<string, unknown>

export interface Content {
  text: string
  attachments: InboundAttachment[]
  attributes: Json
}

const MEDIA = ['image', 'audio', 'video', 'document', 'sticker'] as const

/** Of a message or an echo; kinds that are unknown say so. */
export function contentOf(message: Json): Content {
  const type = text(message.type)
  const shown = sharedWith(message)
  const media = MEDIA.find((kind) => kind === type)
  if (media) return mediaContent(media, object(message[media]), shown)
  const own = contentByType(type, message)
  return {
    text: own.text ?? '',
    attachments: [],
    attributes: { ...shown, message_type: type, ...own.attributes },
  }
}

/** Its text alone: of an edit, a caption counts too. */
export function wordsOf(message: Json): string {
  return contentOf(message).text
}

function contentByType(type: string, message: Json): { text?: string; attributes?: Json } {
  switch (type) {
    case 'text':
      return { text: text(object(message.text).body) }
    case 'button': {
      const { payload, text: title } = object(message.button)
      return { text: text(title), attributes: { button: { payload: text(payload) } } }
    }
    case 'interactive':
      return interactiveContent(object(message.interactive))
    case 'location': {
      const { latitude, longitude, name, address } = object(message.location)
      const named = [text(name), text(address)].filter(Boolean).join(', ')
      return {
        text: named || `${latitude}, ${longitude}`,
        attributes: {
          location: { latitude, longitude, label: text(name), address: text(address) },
        },
      }
    }
    case 'contacts': {
      const names = list(message.contacts).map(({ name }) => text(object(name).formatted_name))
      return { text: names.join(', '), attributes: { contacts: list(message.contacts) } }
    }
    case 'order': {
      const { text: words, product_items } = object(message.order)
      return { text: text(words), attributes: { order: { items: list(product_items) } } }
    }
    case 'system':
      return { text: text(object(message.system).body) }
    case 'media_placeholder':
      return { attributes: { unavailable: 'media_placeholder' } }
    default:
      return { attributes: { unavailable: unavailability(message) } }
  }
}

/** 131060: WhatsApp on a device that Meta does not support; the phone shows it. */
function unavailability({ errors }: Json): string {
  return list(errors).some(({ code }) => Number(code) === 131_060) ? 'see_phone' : 'unsupported'
}

function interactiveContent(interactive: Json): { text: string; attributes: Json } {
  const { button_reply, list_reply, nfm_reply } = interactive
  if (nfm_reply) {
    const { body, response_json } = object(nfm_reply)
    return { text: text(body), attributes: { form_reply: fieldsOf(response_json) } }
  }
  const reply = object(button_reply ?? list_reply)
  const choice = { id: text(reply.id), title: text(reply.title) }
  const attributes = button_reply ? { button: choice } : { list_reply: choice }
  return { text: choice.title, attributes }
}

/** The fields of a form that was filled in; what is no JSON is kept as it is. */
function fieldsOf(json: unknown): Json {
  try {
    return object(JSON.parse(text(json)))
  } catch {
    return { answer: text(json) }
  }
}

function mediaContent(kind: (typeof MEDIA)[number], media: Json, shown: Json): Content {
  const contentType = text(media.mime_type) || 'application/octet-stream'
  const id = text(media.id)
  return {
    text: text(media.caption),
    attributes: { ...shown, message_type: kind, ...(media.voice === true ? { voice: true } : {}) },
    attachments: id
      ? [
          {
            fileName: text(media.filename) || `${kind}-1`,
            contentType: contentType.split(';')[0]!.trim(),
            size: 0,
            contentId: null,
            inline: false,
            content: null,
            part: id,
          },
        ]
      : [],
  }
}

/** What any kind may carry: which message it answers, and the advertisement it came from. */
function sharedWith({ context, referral }: Json): Json {
  const { id, forwarded, referred_product } = object(context)
  const ad = object(referral)
  const from = {
    headline: text(ad.headline),
    body: text(ad.body),
    source_type: text(ad.source_type),
    source_id: text(ad.source_id),
    source_url: text(ad.source_url),
    click_id: text(ad.ctwa_clid),
  }
  return {
    ...(text(id) ? { in_reply_to: text(id) } : {}),
    ...(forwarded === true ? { forwarded: true } : {}),
    ...(referred_product ? { product: object(referred_product) } : {}),
    ...(referral ? { referral: from } : {}),
  }
}
