// Headers plus part tree to a ParsedMail: the one place, so every way of reading gives one result.
import { normalizeAddress, parseAddresses, parseAddressFields } from './addresses.ts'
import { attachmentsOf, bodyHtml, bodyText, sortLeaves } from './body.ts'
import { contentHash, hashedText } from './content-hash.ts'
import { parseDate, receivedDate } from './dates.ts'
import { deliveryReportOf } from './delivery-report.ts'
import { decodeWords } from './encoded-words.ts'
import type { Headers } from './headers.ts'
import { parseMessageId, parseMessageIds } from './message-ids.ts'
import { natureOf } from './nature.ts'
import type { MailAddress, ParsedMail } from './parsed-mail.ts'
import type { PartNode } from './part-tree.ts'

/** Everything a mail says, from its header block and its parts. `now` is in milliseconds. */
export function understand(headers: Headers, root: PartNode, now: number): ParsedMail {
  const { blocks, attachments } = sortLeaves(root)
  const html = bodyHtml(blocks)
  const files = attachmentsOf(attachments, html)
  const received = headers.all('received')
  const subject = readableLine(headers.first('subject'))
  const messageId = parseMessageId(headers.first('message-id'))
  const from = parseAddressFields(headers.all('from'))[0] ?? null
  const text = bodyText(blocks)
  const nature = natureOf({ headers, from, subject, root })
  return {
    messageId,
    replacedIds: REPLACED.flatMap((name) => parseMessageId(headers.first(name)) ?? []),
    inReplyTo: parseMessageIds(headers.first('in-reply-to')),
    references: parseMessageIds(headers.first('references')),
    date: parseDate(headers.first('date'), now),
    receivedAt: receivedDate(received[0], now),
    oldestReceivedAt: receivedDate(received.at(-1), now),
    subject,
    from,
    replyTo: parseAddressFields(headers.all('reply-to')),
    originalSender: originalSender(headers),
    listAddress: listAddress(headers),
    to: parseAddressFields(headers.all('to')),
    cc: parseAddressFields(headers.all('cc')),
    bcc: parseAddressFields(headers.all('bcc')),
    text,
    html,
    attachments: files,
    nature,
    report: deliveryReportOf({ headers, root, nature, subject, text }),
    contentHash: contentHash({
      messageId,
      date: headers.first('date') ?? '',
      fromAddress: from?.address ?? headers.first('from') ?? '',
      subject,
      text: hashedText(blocks),
      marks: [received.at(-1) ?? '', ...files.map(({ fileName }) => fileName)],
    }),
  }
}

const REPLACED = ['x-microsoft-original-message-id', 'x-google-original-message-id']

function readableLine(value: string | undefined): string {
  return value === undefined
    ? ''
    : decodeWords(value)
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .trim()
}

function originalSender(headers: Headers): MailAddress | null {
  for (const name of ['x-original-from', 'x-original-sender']) {
    const value = headers.first(name)
    if (value === undefined) continue
    const [mailbox] = parseAddresses(value)
    if (mailbox !== undefined && normalizeAddress(mailbox.address) !== null) return mailbox
  }
  return null
}

// RFC 2369 3.4, and the field that Google Groups and Yahoo Groups add.
function listAddress(headers: Headers): string | null {
  if (/^\s*(?:bulk|junk)\b/i.test(headers.first('precedence') ?? '')) return null
  const [, posted] = /<mailto:([^>?\s]+)/i.exec(headers.first('list-post') ?? '') ?? []
  const [, named] = /^\s*list\s+([^;\s]+)/i.exec(headers.first('mailing-list') ?? '') ?? []
  return normalizeAddress(posted ?? named ?? '')
}
