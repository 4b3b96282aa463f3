// Did a person write this mail? Decides from headers and structure whether automations may act.
import type { Headers } from './headers.ts'
import type { MailAddress, MailNature } from './parsed-mail.ts'
import type { PartNode } from './part-tree.ts'

/** What the decision looks at besides the headers. */
export interface NatureInput {
  headers: Headers
  from: MailAddress | null
  subject: string
  root: PartNode
}

/**
 * Nature of a mail. A bounce is told first, because bounces also carry Auto-Submitted; a responder
 * answering through a list is a responder. RFC 3464, RFC 3834, RFC 2919, RFC 2369, RFC 2076.
 */
export function natureOf(input: NatureInput): MailNature {
  if (isBounce(input)) return 'bounce'
  if (isAutomatic(input)) return 'auto_reply'
  return isList(input.headers) ? 'list' : 'person'
}

// RFC 3464 and its internationalised form, RFC 6533.
const STATUS_PART = /^message\/(?:global-)?delivery-status$/

function isBounce({ headers, from, root }: NatureInput): boolean {
  if (reportType(root) === 'delivery-status' || holds(root, STATUS_PART)) return true
  if (headers.first('x-failed-recipients') !== undefined) return true
  const local = from?.address.split('@')[0]?.toLowerCase() ?? ''
  // A postmaster is almost never a person, and a loop with one costs more than a missed rule.
  if (DAEMONS.test(local)) return true
  return from === null && /\b(?:mailer-daemon|postmaster)\b/i.test(headers.first('from') ?? '')
}

const DAEMONS =
  /^(?:mailer-daemon|mail-daemon|mailerdaemon|postmaster|microsoftexchange[0-9a-f]{32})$/

function isAutomatic({ headers, subject, root }: NatureInput): boolean {
  const submitted = headers.first('auto-submitted')
  if (submitted !== undefined && !/^\s*no\b/i.test(submitted)) return true
  // Read receipts and complaint reports (RFC 8098, RFC 5965).
  if (reportType(root) !== '') return true
  if (headers.hasAny(RESPONDER_FIELDS)) {
    for (const name of RESPONDER_FIELDS) if (isOn(headers.first(name))) return true
  }
  // The null return path forbids answers (RFC 3834 3.3); bounces were told apart before.
  if (/^<\s*>/.test(headers.first('return-path') ?? '')) return true
  if (/^auto_?-?reply\b/i.test(headers.first('precedence') ?? '')) return true
  // Exchange puts `DR, OOF, AutoReply` on people's mails that pass a distribution group, so only the
  // demand for no automatic answer whatsoever is taken as the mark of a machine.
  if (/\ball\b/i.test(headers.first('x-auto-response-suppress') ?? '')) return true
  return RESPONDER_SUBJECT.test(subject)
}

const RESPONDER_FIELDS = new Set([
  'x-autoreply',
  'x-auto-reply',
  'x-autorespond',
  'x-autoresponder',
  'x-autoreply-from',
  'x-mail-autoreply',
  'x-fc-machinegenerated',
])

// Some gateways strip the headers; these openings are written by servers, not by people.
const RESPONDER_SUBJECT =
  /^\s*(?:automatic reply|auto(?:matic)?[- ]?response|autoreply|out of (?:the )?office(?: autoreply)?:|resposta autom[áa]tica|respuesta autom[áa]tica|ausência tempor[áa]ria:)/i

function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^\s*(?:no|false|0)\b/i.test(value)
}

function isList(headers: Headers): boolean {
  if (headers.hasAny(LIST_FIELDS)) return true
  return /^\s*(?:bulk|junk|list)\b/i.test(headers.first('precedence') ?? '')
}

const LIST_FIELDS = new Set([
  'list-id',
  'list-unsubscribe',
  'list-post',
  'list-help',
  'list-subscribe',
  'list-owner',
  'list-archive',
  'mailing-list',
  'x-mailing-list',
])

function reportType(root: PartNode): string {
  if (root.kind !== 'multipart' || root.subtype !== 'report') return ''
  return root.parameters.get('report-type')?.trim().toLowerCase() || 'unknown'
}

function holds(node: PartNode, contentType: RegExp): boolean {
  if (node.kind === 'leaf') return contentType.test(node.contentType)
  return node.children.some((child) => holds(child, contentType))
}
