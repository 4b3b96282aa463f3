// The shape of one understood mail, whichever parser produced it. No parsing here.
import type { DeliveryReport } from './delivery-report.ts'

/** One mailbox of an address header (RFC 5322 3.4). `address` has its domain in lower case. */
export interface MailAddress {
  name: string
  address: string
}

/** Why a mail was sent; everything but `person` triggers no automation. RFC 3834, RFC 2919, RFC 3464. */
export type MailNature = 'person' | 'auto_reply' | 'list' | 'bounce'

/** A leaf that is not the body text. `size` is decoded bytes, an estimate while `content` is null. */
export interface ParsedAttachment {
  /** IMAP part number, such as `2` or `1.3` (RFC 9051 6.4.5); empty: the mail as a whole. */
  part: string
  fileName: string
  /** Lower case type/subtype, without parameters. */
  contentType: string
  /** Without angle brackets. */
  contentId: string | null
  /** Shown inside the HTML by its cid rather than listed. */
  inline: boolean
  size: number
  /**
   * Null when only the structure was read: the attachment is still in the mailbox. May share memory
   * with the source it was read from.
   */
  content: Buffer | null
}

/** A mail as the platform understands it. Strings are well-formed and hold no NUL. */
export interface ParsedMail {
  /** Without angle brackets; null when the header is missing or unusable. */
  messageId: string | null
  /** Message-IDs the sender gave it before Microsoft or Google put their own in place. */
  replacedIds: string[]
  inReplyTo: string[]
  references: string[]
  /** Date header; null when absent, unreadable or absurd (before 1990, over a day ahead). */
  date: Date | null
  /** Topmost Received header: when the mail reached the mailbox. */
  receivedAt: Date | null
  /** Bottommost Received header: the best guess of the true date when Date is missing. */
  oldestReceivedAt: Date | null
  subject: string
  from: MailAddress | null
  replyTo: MailAddress[]
  /** X-Original-Sender or X-Original-From, set by mailing lists and groups. */
  originalSender: MailAddress | null
  /** Where the list or group is written to that passed it on; null for what is sent in bulk. */
  listAddress: string | null
  to: MailAddress[]
  cc: MailAddress[]
  /** Only copies in Sent have it. */
  bcc: MailAddress[]
  /** Plain text: the text part, else the HTML turned into text. */
  text: string
  html: string | null
  attachments: ParsedAttachment[]
  nature: MailNature
  /** What it says about the fate of another mail; null for almost all. */
  report: DeliveryReport | null
  /** sha256 hex that identifies the mail, as content-hash.ts defines it. */
  contentHash: string
}
