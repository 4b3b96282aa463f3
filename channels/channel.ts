// What every channel offers. A channel knows its provider and never the database.

import type { Readable } from 'node:stream'
import type { ChannelType, Direction } from '../domain/inbox.ts'
import type { ContentType } from '../domain/message.ts'
import type { DeliveryReport } from '../protocols/mime/delivery-report.ts'
import type { ChatChannel } from './chat.ts'
import type { MailAccount, MailTraits } from './mail/account.ts'
import type { ChannelWebhook, RawPart, StatusEvent } from './webhook.ts'

export interface ContactPoint {
  /** Identity kind, such as `email` or `phone`. */
  kind: string
  value: string
  name: string
  /** The provider tells the name only when it is asked for it. */
  nameless?: boolean
  /** Other identities that are surely the same person's, such as another form of the number. */
  aliases?: { kind: string; value: string }[]
}

export interface InboundAttachment {
  fileName: string
  contentType: string
  size: number
  contentId: string | null
  inline: boolean
  /** Null: still at the provider, to be fetched by `part`. */
  content: Buffer | null
  part: string | null
}

/** Where a mail lies. Unique per inbox; several may point at one message. */
export interface MailLocation {
  folder: string
  uidValidity: bigint
  uid: number
}

/** One message as the platform stores it, from whichever provider. */
export interface InboundMessage {
  externalId: string
  direction: 'incoming' | 'outgoing'
  /**
   * The provider vouches that the account sent it: it lay in Sent, or is an echo. Without this an
   * outgoing direction is only what its headers claim.
   */
  sentByAccount: boolean
  /** Another program answers this conversation at the moment: shown, and nothing acts on it. */
  handledElsewhere?: boolean
  /** Of before the channel was connected, told afterwards: stored in silence. */
  fromHistory?: boolean
  contact: ContactPoint
  /** Message-ID of a mail. */
  sourceId: string | null
  /** Message-IDs it bore before a provider replaced them. */
  aliases?: string[]
  /** Parent first, then older ancestors. */
  references: string[]
  subject: string
  text: string
  html: string | null
  contentType: ContentType
  /** Extra facts to show: from, to, cc, nature. JSON-safe. */
  attributes: Record<string, unknown>
  /** Auto-reply, list or bounce: triggers no automation. */
  automatic: boolean
  /** A bounce or a complaint: what it claims about a message of ours. */
  report?: DeliveryReport
  /** The true time of the message. */
  sentAt: Date
  /** When it reached the mailbox or number. */
  deliveredAt: Date
  attachments: InboundAttachment[]
  location: MailLocation | null
}

/** A mail that could not be understood or stored; it becomes visible and never blocks. */
export interface PoisonMail {
  location: MailLocation
  reason: string
  evidence: string
  size: number | null
}

export interface Page<Cursor> {
  messages: InboundMessage[]
  poison: PoisonMail[]
  /** Bytes moved for this page. */
  bytes: number
  /** Where the next page begins; undefined when this was the last. */
  next: Cursor | undefined
  /** Exact number of mails in the whole window, when known. */
  total?: number
}

/** A page of what is new, ascending. */
export interface LivePage<Cursor> extends Page<Cursor> {
  /** To be stored with the page, also when nothing came and when nothing more waits now. */
  cursor: Cursor
  /** What became of messages of ours, where the provider lists it: most of it is known. */
  statuses?: StatusEvent[]
}

/** A logged-in connection. Whoever opens it closes it. */
export interface Session {
  close(): Promise<void>
}

export type StageName =
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'greeting'
  | 'login'
  | 'inbox'
  | 'smtp_dns'
  | 'smtp_tcp'
  | 'smtp_ehlo'
  | 'smtp_starttls'
  | 'smtp_auth'
  | 'smtp_mail_from'
  | 'account'
  | 'api_key'
  | 'sender'

/** One step of a preflight, with the server's words and the likely causes as stable codes. */
export interface StageResult {
  stage: StageName
  ok: boolean
  reason?: string
  evidence?: string
  causes?: string[]
  /** Of a TLS stage: the certificate was verified, so the host may be held to it from now on. */
  verified?: boolean
  /** What the provider told of the account, to be kept with the settings. JSON-safe. */
  found?: object
}

export interface MailRecipient {
  name: string
  address: string
}

export interface OutboundMessage {
  /** Made before the first try and kept by every repeat. */
  sourceId: string
  to: MailRecipient[]
  cc?: MailRecipient[]
  /** In the envelope only. */
  bcc?: MailRecipient[]
  subject: string
  text: string
  inReplyTo: string | null
  references: string[]
  attachments: { fileName: string; contentType: string; open(): Readable }[]
  /** Written by an automation: carries Auto-Submitted, so that no robot answers it. */
  automatic: boolean
  /** When it was written, to the reader; now when absent. */
  date?: Date
}

export interface SendHooks {
  /** Awaited just before the body goes out: from here on a lost connection is ambiguous. */
  onTransmitting(): Promise<void>
}

export interface SentMessage {
  externalId: string | null
  /** The server's reply, which may hold the Message-ID it assigned. */
  response: string
}

/** Settings are shown by the API; credentials are sealed and never shown. Both are JSON-safe. */
export interface Connection<Settings = unknown, Credentials = unknown> {
  settings: Settings
  credentials: Credentials
}

/** Connected by a form that a person fills in; an activity proves it before anything counts. */
export interface FormConnect<Settings = unknown, Credentials = unknown> {
  kind: 'form'
  /** Dials nobody. @throws InvalidSettings naming the field */
  read(form: unknown): Connection<Settings, Credentials>
  /**
   * Trades the code that a popup of the provider gave instead of credentials; it is good once.
   * @throws ChannelError
   */
  exchange?(code: string): Promise<Credentials>
}

/** What one sign-in is known by, from its start to the exchange. `verifier` and `nonce` are ours alone. */
export interface Consent {
  state: string
  nonce: string
  /** RFC 7636. */
  verifier: string
  redirectUri: string
  /** Asks anew for what was declined before. */
  again?: boolean
}

/** What a mailbox's sign-in brings. JSON-safe. */
export interface OAuthCredentials {
  access_token: string
  refresh_token: string
  /** ISO-8601, by our clock. */
  minted_at: string
  expires_at: string
  /** The provider's lasting name of the account; addresses change. */
  subject: string
  /** Who logs in at the mail server. */
  login: string
}

/** Connected by signing in at the provider; what a person allowed there is traded by an activity. */
export interface OAuthConnect<Settings = unknown, Grant = unknown> {
  kind: 'oauth'
  /** Whether the operator has registered an app with the provider. */
  configured: boolean
  /** Codes of what a person must know in front of the sign-in; texts are in locales/. */
  advice?: readonly string[]
  /** Dials nobody. @throws InvalidSettings naming the field */
  read(form: unknown): Settings
  /** Where the person signs in. Dials nobody. */
  authorizationUrl(settings: Settings, consent: Consent): Promise<string>
  /**
   * What a code brings, once: the inbox's credentials, or what opens `choice`. JSON-safe.
   * @throws ChannelError; WrongAccount when somebody else signed in
   */
  exchange(settings: Settings, consent: Consent, code: string): Promise<Grant>
  /** Absent: a sign-in opens one thing, the inbox's. */
  choice?: Choice<Settings, Grant>
  /** The account at the provider that gave access; what it takes back it takes back for all. */
  ownerOf(credentials: unknown): string
  /** Absent: access does not die by itself. */
  renewal?: Renewal
  /** Ends the access of every inbox with the same owner. @throws ChannelError */
  revoke?(credentials: unknown): Promise<void>
}

export interface Renewal {
  /** New ones, to be stored before they are used. @throws ChannelError */
  refresh(credentials: OAuthCredentials): Promise<OAuthCredentials>
  /** What is not used for longer than twice this dies at the provider. */
  keepAliveDays: number
}

/** A sign-in opens several things, of which each may become an inbox. */
export interface Choice<Settings = unknown, Grant = unknown> {
  /** All of them, also what cannot be connected as it is. May be repeated. @throws ChannelError */
  list(grant: Grant): Promise<Offers>
  /** Which of the offers an inbox is made of. */
  keyOf(settings: Settings): string
  /** Why an inbox's own one is missing among the offers. */
  missing: string
}

export interface Offers {
  /** As OAuthConnect.ownerOf gives it. */
  owner: string
  /** The person declined something that is needed: only asking again brings it back. */
  declined: boolean
  items: Offer[]
}

/** JSON-safe; credentials are sealed with the rest and never shown. */
export interface Offer extends Connection<object, object> {
  /** The provider's id of it, which webhooks and lists bear too. */
  key: string
  /** As people call it. */
  name: string
  /** What is wrong with it as it is; texts are in locales/. */
  faults: string[]
  /** False: an inbox of it would receive nothing. */
  connectable: boolean
}

/** A mailbox: channels/mail reads, watches and sends through what its channel makes of the row. */
export interface MailChannel<Settings = unknown, Credentials = unknown> {
  traitsOf(settings: Settings): MailTraits
  accountOf(connection: Connection<Settings, Credentials>): MailAccount
}

/** Where the provider sends its webhooks, where we may set that ourselves. Each is repeatable. */
export interface Callback<Settings = unknown, Credentials = unknown> {
  /** What is there now, as part of the settings: to be stored before it is overwritten. */
  read(connection: Connection<Settings, Credentials>, url: string): Promise<Settings>
  /** Resolves once the provider confirms it. @throws ChannelError */
  set(connection: Connection<Settings, Credentials>, url: string): Promise<Settings>
  /** Puts back what was there before us. @throws ChannelError */
  restore(connection: Connection<Settings, Credentials>, url: string): Promise<void>
}

export interface PullContext {
  now: Date
  /** The inbox was connected then: what came before is not ours. */
  since: Date
  /** Of these external ids, those that are not stored yet. */
  unknownOf(externalIds: string[]): Promise<Set<string>>
}

/** What was written before the channel was connected, pushed by the provider in chunks. */
export interface PushedHistory<Settings = unknown, Credentials = unknown> {
  /** The messages of a chunk that was kept, in the order they were written. */
  messagesOf(part: RawPart, receivedAt: Date): InboundMessage[]
  /** What is asked for once after connecting, in this order; empty: nobody has anything to share. */
  shares(settings: Settings): readonly Share[]
  /** As good when it was asked for before. `refused`: it will not come. @throws ChannelError */
  ask(connection: Connection<Settings, Credentials>, share: Share): Promise<'asked' | 'refused'>
}

/** What the phone behind a number shares once: the names of its address book, and what was said. */
export type Share = 'contacts' | 'history'

/** Something that a provider no longer does for an inbox, found by asking it. */
export interface HealthFinding {
  direction: Direction
  reason: string
  evidence?: string
}

/**
 * One way to reach customers. What a provider cannot do its channel leaves out: mailboxes have
 * `mail`, channels that are told by webhooks have `chat`, `webhook` and, where it lists, `pull`.
 */
export interface Channel<Settings = unknown, Credentials = unknown> {
  readonly type: ChannelType
  readonly connect: FormConnect<Settings, Credentials> | OAuthConnect<Settings>
  readonly mail?: MailChannel<Settings, Credentials>
  readonly chat?: ChatChannel<Settings, Credentials>
  readonly webhook?: ChannelWebhook<Credentials>
  readonly callback?: Callback<Settings, Credentials>
  readonly history?: PushedHistory<Settings, Credentials>
  /** The address of what was connected, where only the provider can tell it. */
  addressOf?(settings: Settings): string
  /**
   * Where the address is proved, when that alone makes it one's own: anybody's mail server opens a
   * mailbox of any name. Absent: one provider vouches for all addresses.
   */
  provedAt?(settings: Settings): string
  /** What people may see of the settings, where that is not all of it. */
  shown?(settings: Settings): Settings
  /** Ids by which webhooks of an app name an inbox. */
  providerIds?(settings: Settings): string[]
  /** Each step of the code that will be used, proved one by one. Nothing is thrown. */
  preflight?(connection: Connection<Settings, Credentials>): AsyncIterable<StageResult>
  /**
   * Has the provider tell us what comes; repeatable. Called once the connection is stored: what came
   * before would find no inbox. @throws ChannelError
   */
  subscribe?(connection: Connection<Settings, Credentials>): Promise<void>
  /** Codes of what people must know about inboxes of this channel; texts are in locales/. */
  notices?(settings: Settings): string[]
  /** What a passed stage settles for the future. */
  learn?(settings: Settings, stage: StageResult): Settings
  /** What the provider lists since the cursor, so that a lost push loses nothing. */
  pull?(
    connection: Connection<Settings, Credentials>,
    cursor: unknown,
    context: PullContext,
  ): Promise<LivePage<unknown>>
  /** Empty: all is well. */
  health?(connection: Connection<Settings, Credentials>): Promise<HealthFinding[]>
  /** Takes back at the provider what connecting set up there. */
  disconnect?(connection: Connection<Settings, Credentials>): Promise<void>
}
