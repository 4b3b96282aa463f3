// An outbound message as RFC 5322 bytes.
import MailComposer from 'nodemailer/lib/mail-composer'
import type { OutboundMessage } from '../channel.ts'

/** Who the mail is from, as recipients see it. */
export interface Sender {
  name: string
  address: string
}

/** Builds the mail; attachments are opened now. Who gets a blind copy stands in the envelope only. */
export function composeEmail(from: Sender, message: OutboundMessage): Promise<Buffer> {
  const { inReplyTo, date } = message
  const composer = new MailComposer({
    from,
    to: message.to,
    cc: message.cc ?? [],
    subject: message.subject,
    text: message.text,
    messageId: bracketed(message.sourceId),
    ...(date === undefined ? {} : { date }),
    ...(inReplyTo === null ? {} : { inReplyTo: bracketed(inReplyTo) }),
    references: ancestors(message),
    // RFC 3834: robots must not answer, and other desks know it for ours.
    headers: message.automatic
      ? { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' }
      : {},
    attachments: message.attachments.map(({ fileName, contentType, open }) => ({
      filename: fileName,
      contentType,
      content: open(),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  })
  return composer.compile().build()
}

// The header names the oldest first; ours come parent first.
function ancestors({ references, inReplyTo }: OutboundMessage): string[] {
  const ids = new Set(references)
  if (inReplyTo !== null) ids.delete(inReplyTo)
  const oldestFirst = [...ids].reverse()
  // RFC 5322 sets no limit, but lines of hundreds of ids are refused by some servers.
  return [...oldestFirst.slice(-MOST), ...(inReplyTo === null ? [] : [inReplyTo])].map(bracketed)
}

const MOST = 50

function bracketed(id: string): string {
  return `<${id.replace(/^<|>$/g, '')}>`
}
