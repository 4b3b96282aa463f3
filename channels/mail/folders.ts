// Single mails and the Sent folder: attachments still in the mailbox, and our own sent mail.
import type { Readable } from 'node:stream'
import type { ImapFlow } from 'imapflow'
import { searchUids } from '../../protocols/imap/search.ts'
import type { MailLocation } from '../channel.ts'
import { ChannelError } from '../errors.ts'

/** The folder marked `\Sent` (RFC 6154), or the one that goes by such a name. */
export async function sentFolder(client: ImapFlow): Promise<string | undefined> {
  const folders = await client.list()
  return folders.find((folder) => folder.specialUse === '\\Sent')?.path
}

/** How far a folder has come; undefined when there is none of that name. */
export async function folderStatus(client: ImapFlow, folder: string) {
  const wanted = { messages: true, uidNext: true, uidValidity: true }
  const status = await client.status(folder, wanted).catch((error: { code?: string }) => {
    if (error.code === 'NotFound') return false as const
    throw error
  })
  if (status === false || status.uidNext === undefined || status.uidValidity === undefined) {
    return undefined
  }
  const { uidNext, uidValidity, messages = 0 } = status
  return { folder, uidNext, uidValidity, exists: messages }
}

/** A round trip each: imapflow's own 64 KB take a provider 50 ms away 16 s for 20 MB. */
const CHUNK = 1024 * 1024

/**
 * Decoded content of one part. The folder stays locked until the stream ends.
 * @throws ChannelError CursorLost when the folder was renumbered, MessageRejected when it is gone
 */
export async function fetchPart(
  client: ImapFlow,
  { folder, uidValidity, uid }: MailLocation,
  part: string,
): Promise<Readable> {
  const lock = await client.getMailboxLock(folder, { readOnly: true }).catch((error) => {
    if (!error.mailboxMissing) throw error
    throw new ChannelError('MessageRejected', { reason: 'attachment_gone' })
  })
  try {
    if (client.mailbox && client.mailbox.uidValidity !== uidValidity) {
      throw new ChannelError('CursorLost', { reason: 'uidvalidity_changed' })
    }
    const whole = part === ''
    const { content } = await client.download(String(uid), whole ? undefined : part, {
      uid: true,
      decodeText: false,
      chunkSize: CHUNK,
    })
    if (content === undefined) {
      throw new ChannelError('MessageRejected', { reason: 'attachment_gone' })
    }
    content.once('close', () => lock.release())
    return content
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Looks a Message-ID up; the last copy when there are several. */
export async function findBySourceId(
  client: ImapFlow,
  sourceId: string,
  folder?: string,
): Promise<MailLocation | undefined> {
  const path = folder ?? (await sentFolder(client))
  if (path === undefined) return undefined
  const lock = await client.getMailboxLock(path, { readOnly: true })
  try {
    const id = sourceId.replace(/^<|>$/g, '')
    const wanted = NAMING_HEADERS.map((name) => ({ header: { [name]: id } }))
    const uid = (await searchUids(client, { or: wanted }))?.at(-1)
    if (uid === undefined || !client.mailbox) return undefined
    return { folder: path, uidValidity: client.mailbox.uidValidity, uid }
  } finally {
    lock.release()
  }
}

/** Microsoft keeps our Message-ID in a header of its own when it puts another in place. */
const NAMING_HEADERS = ['message-id', 'x-microsoft-original-message-id']

/** Files a copy as read mail; where it lies when the server says so (UIDPLUS). */
export async function appendSent(client: ImapFlow, raw: Buffer): Promise<MailLocation | undefined> {
  const folder = await sentFolder(client)
  if (folder === undefined) return undefined
  const stored = await client.append(folder, raw, ['\\Seen'])
  if (stored === false || stored.uid === undefined || stored.uidValidity === undefined) {
    return undefined
  }
  return { folder, uidValidity: stored.uidValidity, uid: stored.uid }
}
