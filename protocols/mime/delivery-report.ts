// What a mail reports about another one: delivery status (RFC 3464), spam complaints (RFC 5965) and
// the bounces of mailers that know neither. A claim, not a proof: whoever acts on it decides.
import { normalizeAddress } from './addresses.ts'
import { decodeText } from './charset.ts'
import { decodeWords } from './encoded-words.ts'
import { type Headers, readHeaders } from './headers.ts'
import { parseMessageId } from './message-ids.ts'
import type { MailNature } from './parsed-mail.ts'
import { type Leaf, leavesOf, type PartNode } from './part-tree.ts'
import { readPlainBounce } from './plain-bounce.ts'

/** RFC 3464 2.3.3. `delayed` is still being tried; `relayed` and `expanded` left our sight. */
export type DeliveryAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

export interface RecipientReport {
  /** As the sender wrote it where that is told, else where it ended up; domain in lower case. */
  address: string | null
  action: DeliveryAction
  /** Enhanced status code (RFC 3463), such as `5.1.1`. */
  status: string | null
  /** The server's own words, one line; empty where it had none. */
  diagnostic: string
}

export interface DeliveryReport {
  /** `complaint`: it arrived, and the recipient called it spam. */
  kind: 'delivery' | 'complaint'
  /** Of the mail it is about, without angle brackets. */
  originalMessageId: string | null
  recipients: RecipientReport[]
}

/** What the report is read from. `text` is the body text. */
export interface ReportInput {
  headers: Headers
  root: PartNode
  nature: MailNature
  subject: string
  text: string
}

/** The report a mail carries, or null for ordinary mails and for what tells of no recipient. */
export function deliveryReportOf(input: ReportInput): DeliveryReport | null {
  const { headers, root, nature } = input
  if (nature !== 'bounce' && nature !== 'auto_reply') return null
  const leaves = leavesOf(root)
  const complaint = leaves.find(({ contentType }) => contentType === FEEDBACK)
  if (complaint !== undefined) return complaintIn(complaint, leaves)
  if (nature !== 'bounce') return null
  const groups = leaves.filter(isStatusPart).flatMap(fieldGroups)
  const recipients = groups.flatMap(recipientIn)
  const report =
    recipients.length > 0 ? { recipients, originalMessageId: null } : readPlainBounce(input)
  if (report === null) return null
  const originalMessageId =
    enclosedMessageId(leaves) ??
    firstId(groups, ['original-message-id', 'x-original-message-id']) ??
    report.originalMessageId ??
    parseMessageId(headers.first('in-reply-to'))
  return { kind: 'delivery', originalMessageId, recipients: report.recipients }
}

/** Whether a part has to be read for the report although it is no text of the mail. */
export function isReportPart(contentType: string): boolean {
  return STATUS.has(contentType) || HEADERS.has(contentType) || contentType === FEEDBACK
}

const FEEDBACK = 'message/feedback-report'
const STATUS = new Set(['message/delivery-status', 'message/global-delivery-status'])
const HEADERS = new Set([
  'text/rfc822-headers',
  'text/rfc822-header',
  'message/rfc822-headers',
  'message/global-headers',
])
const MOST_RECIPIENTS = 100
// Fields are short; whatever follows a part of this size is no report.
const LONGEST_PART = 256 * 1024

// Some gateways flatten the status part to text/plain.
function isStatusPart({ contentType, content }: Leaf): boolean {
  if (STATUS.has(contentType)) return true
  if (contentType !== 'text/plain' || content === null || content.length > LONGEST_PART)
    return false
  return /^final-recipient:/im.test(content.toString('latin1'))
}

function fieldGroups({ content, parameters }: Leaf): Headers[] {
  if (content === null) return []
  const text = decodeText(content.subarray(0, LONGEST_PART), parameters.get('charset'))
  return text
    .split(/\r?\n[ \t]*\r?\n/)
    .slice(0, MOST_RECIPIENTS + 1)
    .map((group) => readHeaders(Buffer.from(group.trimStart())))
}

function recipientIn(fields: Headers): RecipientReport[] {
  const status = statusIn(fields.first('status'))
  const action = actionIn(fields.first('action'), status)
  const address = recipientAddress(fields, ['original-recipient', 'final-recipient'])
  if (action === null || (address === null && fields.first('action') === undefined)) return []
  const diagnostic = fields.first('diagnostic-code') ?? ''
  return [{ address, action, status, diagnostic: line(diagnostic.replace(/^[\w-]+\s*;/, '')) }]
}

const ACTIONS: readonly string[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded']

function actionIn(value: string | undefined, status: string | null): DeliveryAction | null {
  const word = /^[a-z]+/.exec((value ?? '').trim().toLowerCase())?.[0] ?? ''
  if (ACTIONS.includes(word)) return word as DeliveryAction
  return status === null ? null : BY_CLASS[status.charAt(0)]!
}

/** By the first digit of a status code (RFC 3463 2). */
const BY_CLASS: Record<string, DeliveryAction> = { 2: 'delivered', 4: 'delayed', 5: 'failed' }

function statusIn(value: string | undefined): string | null {
  return /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(value ?? '')?.[0] ?? null
}

// `rfc822; ana@x.example` (RFC 3464 2.3.1); also `<ana@x.example>` and a bare address.
function recipientAddress(fields: Headers, names: string[]): string | null {
  for (const name of names) {
    const value = fields.first(name)
    if (value === undefined) continue
    const address = normalizeAddress(value.slice(value.indexOf(';') + 1).replace(/[<>]/g, ''))
    if (address !== null) return address
  }
  return null
}

function complaintIn(part: Leaf, leaves: Leaf[]): DeliveryReport | null {
  const fields = fieldGroups(part)
  const type = first(fields, 'feedback-type')?.toLowerCase() ?? ''
  // A DMARC failure (RFC 6591) tells of forgers, not of a recipient.
  if (type === 'auth-failure') return null
  const address = fields.map((group) =>
    recipientAddress(group, ['original-rcpt-to', 'removal-recipient']),
  )
  const recipient: RecipientReport = {
    address: address.find((found) => found !== null) ?? null,
    action: 'delivered',
    status: null,
    diagnostic: line(type),
  }
  return {
    kind: 'complaint',
    originalMessageId: enclosedMessageId(leaves),
    recipients: [recipient],
  }
}

function enclosedMessageId(leaves: Leaf[]): string | null {
  return leaves.find(({ enclosed }) => enclosed?.messageId)?.enclosed?.messageId ?? null
}

function firstId(groups: Headers[], names: string[]): string | null {
  for (const name of names) {
    const id = parseMessageId(first(groups, name))
    if (id !== null) return id
  }
  return null
}

function first(groups: Headers[], name: string): string | undefined {
  return groups.find((group) => group.first(name) !== undefined)?.first(name)
}

function line(text: string): string {
  return decodeWords(text).replace(/\s+/g, ' ').trim().slice(0, 1000)
}
