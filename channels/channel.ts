// What every channel offers. A channel knows its provider and never the database.

import type { Readable } from 'node:stream'
import type { ChannelType } from '../domain/inbox.ts'
import type { ContentType } from '../domain/message.ts'
import type { DeliveryReport } from '../protocols/mime/delivery-report.ts'

export interface ContactPoint {
  /** Identity kind, such as `email` or `phone`. */
  kind: string
  value: string
  name: string
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

/** One step of a preflight, with the server's words and the likely causes as stable codes. */
export interface StageResult {
  stage: StageName
  ok: boolean
  reason?: string
  evidence?: string
  causes?: string[]
  /** Of a TLS stage: the certificate was verified, so the host may be held to it from now on. */
  verified?: boolean
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

export interface ChannelInfo {
  type: ChannelType
}
