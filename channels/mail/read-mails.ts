// The mails of some UIDs as messages: small ones whole, large ones by their text parts.
import type { ImapFlow } from 'imapflow'
import { classifyImap } from '../../protocols/imap/classify.ts'
import { fetchLargeMails } from '../../protocols/imap/fetch-large.ts'
import { fetchSources } from '../../protocols/imap/fetch-sources.ts'
import { parseMail } from '../../protocols/mime/parse-mail.ts'
import type { InboundMessage, PoisonMail } from '../channel.ts'
import { toInboundMessage } from './parse.ts'

/** Mails above this many bytes are read by parts and leave their attachments in the mailbox. */
export const LARGE_MAIL = 64 * 1024

export interface ReadContext {
  folder: string
  uidValidity: bigint
  ownAddresses: readonly string[]
  sent: boolean
  isLarge(uid: number): boolean
}

export interface ReadMails {
  messages: InboundMessage[]
  poison: PoisonMail[]
  bytes: number
}

/**
 * Reads in the order of `uids`; what cannot be read or understood comes back as poison.
 * @throws imapflow's error when the connection fails
 */
export async function readMails(
  client: ImapFlow,
  uids: readonly number[],
  context: ReadContext,
): Promise<ReadMails> {
  const found = new Map<number, InboundMessage>()
  const read: ReadMails = { messages: [], poison: [], bytes: 0 }
  const { folder, uidValidity, ownAddresses, sent } = context
  const locate = (uid: number) => ({ folder, uidValidity, uid })
  const facts = (row: {
    uid: number
    internalDate: Date | undefined
    emailId: string | undefined
  }) => ({
    ownAddresses,
    location: locate(row.uid),
    internalDate: row.internalDate,
    emailId: row.emailId,
    sent,
  })
  const poison = (uid: number, reason: string, error: unknown, size: number | null) => {
    const { evidence } = classifyImap(error)
    read.poison.push({ location: locate(uid), reason, evidence: evidence.slice(0, 300), size })
  }
  const small = uids.filter((uid) => !context.isLarge(uid))
  for await (const row of fetchSources(client, small)) {
    if ('error' in row) {
      poison(row.uid, 'unreadable_on_server', row.error, null)
      continue
    }
    read.bytes += row.source.length
    try {
      const parsed = parseMail(row.source)
      // Most mails are understood at once; a promise each would cost a third of the rate.
      const mail = parsed instanceof Promise ? await parsed : parsed
      found.set(row.uid, toInboundMessage(mail, facts(row)))
    } catch (error) {
      poison(row.uid, 'not_understood', error, row.source.length)
    }
  }
  for await (const row of fetchLargeMails(client, uids.filter(context.isLarge))) {
    if ('error' in row) {
      poison(row.uid, 'unreadable_on_server', row.error, null)
      continue
    }
    read.bytes += row.bytes
    try {
      found.set(row.uid, toInboundMessage(row.mail, facts(row)))
    } catch (error) {
      poison(row.uid, 'not_understood', error, row.size)
    }
  }
  for (const uid of uids) {
    const message = found.get(uid)
    if (message !== undefined) read.messages.push(message)
  }
  return read
}
