// What a channel offers whose contacts write from a chat: short messages, one contact each, told by
// webhooks. Beside it, Channel.webhook and Channel.pull bring what comes in.

import type { Readable } from 'node:stream'
import type { Interactive } from '../domain/interactive.ts'
import type { Template, TemplateChoice } from '../domain/template.ts'
import type { Connection, SendHooks } from './channel.ts'
import type { ChannelError } from './errors.ts'
import type { ShownReceiver } from './webhook.ts'

/** A file as the provider is to fetch it from us. */
export interface ChatFile {
  fileName: string
  contentType: string
  /** Bytes. */
  size: number
  /** Opens it for a quarter of an hour. */
  url: string
}

/** What an agent wants to send, before it is queued. */
export interface ChatDraft {
  /** The contact as the channel names it. */
  to: string
  text: string
  files: readonly Omit<ChatFile, 'url'>[]
  template: TemplateChoice | null
  /** What the contact can answer by a touch. */
  interactive: Interactive | null
}

export interface ChatMessage extends Omit<ChatDraft, 'files'> {
  /** Of our message. */
  reference: number
  /** A person wrote it, and the ordinary window is over. */
  late: boolean
  /** The provider's id of the message that it answers. */
  inReplyTo: string | null
  files: readonly ChatFile[]
  /** Where the provider tells what becomes of it; names our message. */
  statusUrl: string
}

/** The provider's word that it took the message. */
export interface SentChat {
  externalId: string
  /** Milliseconds to leave the provider alone, so that no limit is reached. */
  restMs?: number
}

/** As db/token-buckets.ts takes them. */
export interface BucketLimits {
  capacity: number
  perSecond: number
}

/** What can be said about a draft without asking anybody. */
export interface ChatRefusal {
  /** Has a text in `locales/`. */
  reason: string
  /** What the limit is, for the text beside it. */
  limit?: number
}

/** How much one message to a contact may hold. */
export interface ChatLimits {
  /** Null where a longer text is cut into several messages. */
  text: number | null
  unit: 'characters' | 'bytes'
  /** Of the text beside a file; 0: a file goes alone. */
  textBesideFile: number
  files: number
}

export interface ChatChannel<Settings = unknown, Credentials = unknown> {
  /** A contact may be answered freely for so long after writing. */
  readonly windowMs: number
  /** The same for what a person wrote, where that is longer. */
  readonly personWindowMs?: number
  /** Buttons, lists and forms are native here. */
  readonly interactive?: boolean
  /** An answer may name the message that it is about. */
  readonly replies?: boolean
  /** How fast the provider takes messages, of the whole inbox and to one contact. */
  readonly pace?: { inbox: BucketLimits; contact: BucketLimits }
  /** The texts of its own that an answer is cut into, where the inbox wants that. */
  piecesOf?(draft: ChatDraft, settings: Settings): string[]
  /** @param to the contact as the channel names it */
  limitsOf(to: string, settings: Settings): ChatLimits
  /** Undefined: it fits. Limits only: whether the window is open is the caller's to know. */
  refusalOf(draft: ChatDraft): ChatRefusal | undefined
  /** @throws ChannelError when it certainly did not go out, AmbiguousSend when it may have */
  send(
    connection: Connection<Settings, Credentials>,
    message: ChatMessage,
    hooks: SendHooks,
  ): Promise<SentChat>
  /**
   * What the provider has that could be this message, tried after `since`. Absent: it lists nothing,
   * so an ambiguous send stays unconfirmed until a status names it. @throws ChannelError
   */
  findSent?(
    connection: Connection<Settings, Credentials>,
    message: ChatMessage,
    since: Date,
  ): Promise<SentChat[]>
  /** Bytes of a file that came in; undefined when there is none any more. @throws ChannelError */
  openFile(
    connection: Connection<Settings, Credentials>,
    part: string,
    signal: AbortSignal,
  ): Promise<Readable | undefined>
  /**
   * How a contact is called; undefined: nobody may know.
   * @throws ChannelError when another time may tell
   */
  nameOf?(
    connection: Connection<Settings, Credentials>,
    contact: { kind: string; value: string },
  ): Promise<string | undefined>
  /** Who answers a contact at the moment; undefined: nobody does. @throws ChannelError */
  receiverOf?(
    connection: Connection<Settings, Credentials>,
    contact: { kind: string; value: string },
  ): Promise<ShownReceiver | undefined>
  /** The same as a refused answer shows it. */
  receiverShownBy?(refusal: ChannelError, to: string): ShownReceiver | undefined
  /** @throws ChannelError */
  templates?(connection: Connection<Settings, Credentials>): Promise<Template[]>
}

/** How long after a contact wrote this may be sent; `automatic`: by no person. */
export function windowOf(
  { windowMs, personWindowMs = windowMs }: Pick<ChatChannel, 'windowMs' | 'personWindowMs'>,
  automatic: boolean,
): number {
  return automatic ? windowMs : personWindowMs
}
