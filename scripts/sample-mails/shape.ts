// What the sample mails look like: every knob with its default, and what a test may expect of one.
import type { MailNature } from '../../protocols/mime/parsed-mail.ts'

/** Knobs of `sampleMails`. Shares are 0 to 1. */
export interface SampleShape {
  count: number
  seed?: number
  /** Newest date in milliseconds. */
  now?: number
  /** How many days back the oldest mail lies. */
  days?: number
  /** The mailbox all mails are written to. */
  inbox?: string
  /** How many different customers write. */
  people?: number
  /** Share of mails that answer an earlier one. */
  replies?: number
  /** Share of mails with a plain and an HTML alternative. */
  alternatives?: number
  htmlOnly?: number
  attachments?: number
  attachmentBytes?: number
  /** Characters of text, on average. */
  textBytes?: number
  autoReplies?: number
  bounces?: number
  invites?: number
  lists?: number
  missingIds?: number
}

/** The defaults give about 8 KB a mail. */
export const DEFAULT_SHAPE = {
  seed: 1,
  now: Date.UTC(2026, 10, 2, 12),
  days: 90,
  inbox: 'suporte@loja.example',
  people: 400,
  replies: 0.45,
  alternatives: 0.5,
  htmlOnly: 0.05,
  attachments: 0.1,
  attachmentBytes: 30_000,
  textBytes: 1200,
  autoReplies: 0.03,
  bounces: 0.02,
  invites: 0.02,
  lists: 0.04,
  missingIds: 0.01,
} satisfies Omit<Required<SampleShape>, 'count'>

/** What a correct reader makes of a sample; `text` has each run of white space as one space. */
export interface Expected {
  kind: 'message' | 'auto_reply' | 'bounce' | 'invite' | 'list'
  messageId: string | null
  /** Equal for all mails of one thread. */
  threadKey: string
  inReplyTo: string | null
  subject: string
  from: { name: string; address: string }
  date: Date
  text: string
  attachmentNames: string[]
  nature: MailNature
}

/** One mail as it lies in a mailbox. */
export interface SampleMail {
  raw: Buffer
  expected: Expected
}
