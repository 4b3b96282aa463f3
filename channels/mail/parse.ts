// An understood mail as the platform's message. Pure: who wrote to whom, when, and what identifies it.
import type { DeliveryReport } from '../../protocols/mime/delivery-report.ts'
import type { MailAddress, ParsedMail } from '../../protocols/mime/parsed-mail.ts'
import type { ContactPoint, InboundMessage, MailLocation } from '../channel.ts'

/** What the mailbox knows about a mail besides its bytes. */
export interface MailFacts {
  /** The inbox's own address and its aliases, domains in lower case. */
  ownAddresses: readonly string[]
  location: MailLocation
  internalDate: Date | undefined
  /** EMAILID or X-GM-MSGID, where the server has one. */
  emailId: string | undefined
  /** The folder is Sent: everything in it went out. */
  sent?: boolean
}

/** The message of a mail; `externalId` is the server's id or the content hash. */
export function toInboundMessage(mail: ParsedMail, facts: MailFacts): InboundMessage {
  const { internalDate, location } = facts
  const { report } = mail
  const arrived = internalDate ?? mail.receivedAt ?? mail.date ?? new Date(0)
  const outgoing = isOutgoing(mail, facts)
  const nature = isForOwnGroup(mail, facts) ? 'person' : mail.nature
  return {
    externalId: facts.emailId ?? mail.contentHash,
    direction: outgoing ? 'outgoing' : 'incoming',
    sentByAccount: facts.sent ?? false,
    contact: contactOf(outgoing ? recipientOf(mail, facts) : senderOf(mail, facts)),
    sourceId: mail.messageId,
    ...(mail.replacedIds.length === 0 ? {} : { aliases: mail.replacedIds }),
    references: referencesOf(mail),
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    contentType: 'text',
    attributes: {
      from: mail.from,
      reply_to: mail.replyTo,
      to: mail.to,
      cc: mail.cc,
      nature,
      ...(report === null ? {} : { delivery_report: shownReport(report) }),
    },
    automatic: nature !== 'person',
    ...(report === null ? {} : { report }),
    sentAt: mail.date ?? mail.oldestReceivedAt ?? arrived,
    deliveredAt: mail.receivedAt ?? arrived,
    attachments: mail.attachments,
    location,
  }
}

// A report belongs beside the mail it is about, also when it names it in no header of its own.
function referencesOf({ report, inReplyTo, references }: ParsedMail): string[] {
  const about = report?.originalMessageId ?? null
  return [
    ...new Set([...(about === null ? [] : [about]), ...inReplyTo, ...references.toReversed()]),
  ]
}

function shownReport({ kind, originalMessageId, recipients }: DeliveryReport) {
  return { kind, original_message_id: originalMessageId, recipients }
}

// A site's form writes from our own address with the visitor in Reply-To: that is a visitor's mail.
function isOutgoing(mail: ParsedMail, facts: MailFacts): boolean {
  if (facts.sent) return true
  if (mail.from === null || !isOwn(mail.from, facts)) return false
  // A group of ours may put its own address in place of the writer's.
  if (mail.originalSender !== null && !isOwn(mail.originalSender, facts)) return false
  return mail.replyTo.every((mailbox) => isOwn(mailbox, facts))
}

// A group of the account's own hands the mail on: to us it is an inbox, not a list.
function isForOwnGroup({ nature, listAddress }: ParsedMail, facts: MailFacts): boolean {
  if (nature !== 'list' || listAddress === null) return false
  return isOwn({ name: '', address: listAddress }, facts)
}

function senderOf(mail: ParsedMail, facts: MailFacts): MailAddress | null {
  const isForeign = (mailbox: MailAddress | null) => mailbox !== null && !isOwn(mailbox, facts)
  const writer = [mail.originalSender, mail.from].find(isForeign) ?? null
  const answer = mail.replyTo.find(isForeign)
  // A list's Reply-To is the list: its writer is the contact.
  if (mail.nature === 'list' && writer !== null) return writer
  return answer === undefined ? writer : named(answer, writer)
}

function recipientOf(mail: ParsedMail, facts: MailFacts): MailAddress | null {
  const all = [...mail.to, ...mail.cc, ...mail.bcc]
  return all.find((mailbox) => !isOwn(mailbox, facts)) ?? null
}

function named(mailbox: MailAddress, writer: MailAddress | null): MailAddress {
  return mailbox.name === '' && writer !== null ? { ...mailbox, name: writer.name } : mailbox
}

function contactOf(mailbox: MailAddress | null): ContactPoint {
  // RFC 2606: nothing can ever be sent there. It also stands where only we ourselves are named.
  const { name, address } = mailbox ?? { name: '', address: 'unknown@sender.invalid' }
  return { kind: 'email', value: address.toLowerCase(), name }
}

function isOwn({ address }: MailAddress, { ownAddresses }: MailFacts): boolean {
  const plain = withoutTag(address)
  return ownAddresses.some((own) => withoutTag(own) === plain)
}

// What comes to `name+tag@` lies in the mailbox of `name@` (RFC 5233): both are us.
function withoutTag(address: string): string {
  const plus = address.indexOf('+', 1)
  return (
    plus === -1 ? address : address.slice(0, plus) + address.slice(address.lastIndexOf('@'))
  ).toLowerCase()
}
