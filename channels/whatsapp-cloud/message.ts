// A WhatsApp message as the platform stores it. Pure.

import type { ContactPoint, InboundMessage } from '../channel.ts'
import { pointsOf, threadOf } from '../whatsapp/number-forms.ts'
import type { Content } from './content.ts'

export interface Person {
  /** Digits of a number, or what stands for somebody who shows none. */
  id: string
  /** The business-scoped id; empty when it is not told. */
  userId: string
  name: string
}

export function messageWith(
  { id, at, person, outgoing }: { id: string; at: Date; person: Person; outgoing: boolean },
  { text, attachments, attributes }: Content,
): InboundMessage {
  const contact = contactOf(person)
  return {
    externalId: id,
    direction: outgoing ? 'outgoing' : 'incoming',
    sentByAccount: outgoing,
    contact,
    sourceId: null,
    references: [threadOf(contact)],
    subject: '',
    text,
    html: null,
    contentType: 'text',
    attributes: outgoing ? attributes : { from: person.id, ...attributes },
    automatic: false,
    sentAt: at,
    deliveredAt: at,
    attachments,
    location: null,
  }
}

/** Under every id and form of the number that is surely theirs. */
export function contactOf({ id, userId, name }: Person): ContactPoint {
  const digits = id.replace(/^\+/, '')
  const points = /^\d{5,15}$/.test(digits)
    ? pointsOf(`+${digits}`)
    : [{ kind: 'whatsapp', value: id }]
  const others = userId && userId !== id ? [{ kind: 'whatsapp', value: userId }] : []
  const [first, ...aliases] = [...points, ...others]
  return { ...first!, name: name || first!.value, aliases }
}
