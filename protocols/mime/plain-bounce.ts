// Bounces in words alone, as qmail, Exim, old Exchange and many gateways write them: what failed is
// found line by line. Says nothing rather than guess.
import { normalizeAddress } from './addresses.ts'
import type { RecipientReport, ReportInput } from './delivery-report.ts'
import { parseMessageId } from './message-ids.ts'

/** What the words tell; null when they tell neither of a failure nor of a delay. */
export function readPlainBounce({
  headers,
  subject,
  text,
}: ReportInput): { recipients: RecipientReport[]; originalMessageId: string | null } | null {
  const lines = text.slice(0, READ).split('\n')
  const copy = lines.findIndex((line) => COPY_FOLLOWS.test(line))
  const words = copy === -1 ? lines : lines.slice(0, copy)
  const failedHeader = headers.first('x-failed-recipients')
  const told = words.map((line) => line.trim()).filter((line) => line !== '')
  const evidence = (told.find((line) => REPLY_CODE.test(line)) ?? '').slice(0, 1000)
  const status = STATUS.exec(evidence)?.[0] ?? null
  const all = [subject, ...told].join('\n')
  // The header is only written when nothing is tried any more, whatever the words remember.
  const delayed = failedHeader === undefined && DELAYED.test(all)
  const failed = failedHeader !== undefined || FAILED.test(all) || status?.startsWith('5') === true
  if (!delayed && !failed) return null
  const addresses =
    failedHeader === undefined
      ? recipientsIn(told)
      : failedHeader.split(/[\s,]+/).map(normalizeAddress)
  const found = addresses.filter((address) => address !== null)
  const recipients = (found.length > 0 ? found : [null]).map((address) => ({
    address,
    action: delayed ? ('delayed' as const) : ('failed' as const),
    status,
    diagnostic: evidence,
  }))
  return { recipients, originalMessageId: copiedMessageId(lines) }
}

/** Characters read: the words stand on top, and a copy's headers right below them. */
const READ = 64 * 1024

/** The line above the copy of the mail: `--- Below this line is a copy of the message.` */
const COPY_FOLLOWS =
  /^\W{0,40}(?:below this line is a copy|this is a copy of (?:the|your) message|original message (?:follows|headers|header)|message header(?:s)? follow|returned message follows|mensagem original|cabeçalhos? da mensagem)/i

/** An SMTP reply or an enhanced code in it: `550 5.1.1 no such user`, `(#5.1.1)`. */
const REPLY_CODE = /(?:^|[\s:(#])(?:[45]\d\d(?:[ -]|$)|[45]\.\d{1,3}\.\d{1,3}\b)/
const STATUS = /\b[45]\.\d{1,3}\.\d{1,3}\b/

const DELAYED =
  /\b(?:delayed|delay notification|not yet been delivered|could not yet be delivered|will (?:continue to )?(?:be )?(?:try|retr)|no action is required on your part|entrega atrasada|ainda não foi entregue|continuaremos tentando)/i
const FAILED =
  /\b(?:undeliver|not delivered|could ?n[o']t be delivered|(?:un|n[o']t )able to deliver|delivery (?:has )?fail|failed (?:to deliver|permanently)|permanent(?:ly)? (?:error|fail)|did not reach|returned to sender|returned mail|delivery status notification \(failure\)|não (?:pôde|pode|foi possível|foi) (?:ser )?entreg|falha (?:na|de) entrega|não entregue)/i

// The address a line begins with: `<ana@x.example>:` (qmail), `ana@x.example` (Exim, indented).
function recipientsIn(lines: string[]): (string | null)[] {
  const found = new Set<string>()
  for (const line of lines) {
    const match = /^(?:to:\s*)?<?([^\s<>:,;"]{1,200}@[^\s<>:,;"]{1,200}?)>?:?(?:\s|$)/i.exec(line)
    const address = match === null ? null : normalizeAddress(match[1]!)
    if (address !== null) found.add(address)
    if (found.size === MOST) break
  }
  return [...found]
}

const MOST = 20

function copiedMessageId(lines: string[]): string | null {
  for (const [at, line] of lines.entries()) {
    const match = /^[\s>|]{0,20}message-id:(.*)$/i.exec(line)
    // A long id stands on the next line.
    const id = match === null ? null : parseMessageId(match[1]!.trim() || lines[at + 1])
    if (id !== null) return id
  }
  return null
}
