// What a channel that is pushed to offers: proof of where a request comes from, and its events.

import type { IncomingHttpHeaders } from 'node:http'
import type { MessageStatus } from '../domain/message.ts'
import type { ContactPoint, InboundMessage } from './channel.ts'

/** What a provider sent, byte for byte. */
export interface RawPart {
  contentType: string
  /** Of the URL, undecoded and without the question mark. */
  query: string
  body: Buffer
}

export interface WebhookRequest extends RawPart {
  method: string
  /** As the provider was told it: the configured public URL, never what the Host header claims. */
  url: string
  headers: IncomingHttpHeaders
}

/** What became of a message of ours, in the provider's words where it failed. */
export interface StatusEvent {
  kind: 'status'
  externalId: string
  status: MessageStatus
  code?: string | undefined
  evidence?: string | undefined
  /** Id of our message, where the provider gives back what we sent along. */
  reference?: number | undefined
}

/** A message that is stored, or will be, is not any more what it was. */
export interface ChangeEvent {
  kind: 'change'
  /** Of the message that changes. */
  externalId: string
  change: MessageChange
  /** Of several changes of one kind the latest counts, in whatever order they come. */
  at: Date
}

export type MessageChange =
  | { what: 'deleted' }
  | { what: 'edited'; text: string }
  /** `emoji` null: taken back. */
  | { what: 'reaction'; by: 'contact' | 'account'; emoji: string | null }

/** Everything that a contact was sent until then has arrived, or was read. */
export interface WatermarkEvent {
  kind: 'watermark'
  status: Extract<MessageStatus, 'delivered' | 'read'>
  contact: { kind: string; value: string }
  upTo: Date
}

/** The provider has done something to the account that an inbox speaks for. */
export interface AccountEvent {
  kind: 'account'
  /** In the provider's words. */
  what: string
  reason: string | null
  /** Digits of the only number that is meant; null: all of the account. */
  number: string | null
  at: Date
}

/** A piece of what was written before the channel was connected, kept whole to be imported. */
export interface HistoryEvent {
  kind: 'history'
  /** It was the last piece, or nothing is shared; null: more may come. */
  end: 'complete' | 'refused' | null
  /** Per cent of all that will come. */
  progress: number
}

export type InboundEvent =
  | { kind: 'message'; message: InboundMessage }
  | StatusEvent
  | ChangeEvent
  | WatermarkEvent
  | AccountEvent
  | HistoryEvent
  /** How somebody is called, told without a message. */
  | { kind: 'contact'; contact: ContactPoint }
  /** About the channel itself and no message; `what` names it in the provider's words. */
  | { kind: 'channel'; what: string }
  /** Nothing that we act on; `what` as above. */
  | { kind: 'unknown'; what: string }
  /** Counted and forgotten: not even the request is kept. */
  | { kind: 'ignored'; what: string }

/** Who answers a page's contacts, as something shows it. */
export interface ShownReceiver {
  product: 'instagram' | 'messenger'
  /** `us`, `other`, or the id of the app that owns a thread. */
  owner: string
  /** What showed it, in the provider's words. */
  what: string
}

export interface ReceiverEvidence extends ShownReceiver {
  at: Date
}

/** One event with the part of the request that says it: what is kept, and can be read again. */
export interface DeliveredEvent {
  /** Number or page it is for, as the inbox's address. */
  address: string
  part: RawPart
  event: InboundEvent
  receiver?: ReceiverEvidence
}

/** `Secrets`: what signatures are made with, of the inbox or of our app at the provider. */
export interface ChannelWebhook<Secrets> {
  /** @throws SignatureRefused unless one of the secrets made the signature */
  verify(request: WebhookRequest, secrets: Secrets): void
  /** All events of a request; a part of it that was kept gives its one event again. */
  parse(part: RawPart, receivedAt: Date): DeliveredEvent[]
  /** The same for people who look for a fault: nothing of what anybody wrote, no whole number. */
  redact(part: RawPart): Record<string, unknown>
}
