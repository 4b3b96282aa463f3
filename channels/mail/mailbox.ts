// A logged-in mailbox with one folder selected read-only: nothing here can change a flag.
import type { Readable } from 'node:stream'
import type { ImapFlow } from 'imapflow'
import { connectImap } from '../../protocols/imap/connect.ts'
import { waitForChange } from '../../protocols/imap/wait-for-change.ts'
import type { LivePage, MailLocation, Page, Session } from '../channel.ts'
import { ChannelError } from '../errors.ts'
import type { MailAccount } from './account.ts'
import { imapError } from './errors.ts'
import { appendSent, fetchPart, findBySourceId, folderStatus, sentFolder } from './folders.ts'
import {
  type FolderStatus,
  folderReader,
  type HistoryCursor,
  type HistoryWindow,
  type LiveCursor,
  type PullOptions,
} from './receive.ts'

export interface OpenOptions {
  /** `INBOX` when absent; `\Sent` for the folder the server uses for sent mail. */
  folder?: string
  signal?: AbortSignal | undefined
}

/** Every method throws ChannelError. Calls queue up on the one connection. */
export interface Mailbox extends Session {
  readonly folder: string
  readonly hasIdle: boolean
  status(): FolderStatus
  planHistory(plan: {
    window: HistoryWindow
    watermark: { uidNext: number }
  }): Promise<HistoryCursor>
  pullHistory(cursor: HistoryCursor, options: PullOptions): Promise<Page<HistoryCursor>>
  pullLive(
    cursor: LiveCursor | undefined,
    options: PullOptions & { rescan?: boolean },
  ): Promise<LivePage<LiveCursor>>
  /** Aborting `signal` ends it as a timeout would, leaving the mailbox usable. */
  waitForChange(options: {
    signal?: AbortSignal | undefined
    maxMs: number
  }): Promise<'changed' | 'timeout'>
  /** Decoded bytes; part `` is the whole mail. The stream must be read or destroyed. */
  fetchPart(location: MailLocation, part: string): Promise<Readable>
  /** Where in the folder (the Sent folder unless given) the mail of this Message-ID lies. */
  findBySourceId(sourceId: string, folder?: string): Promise<MailLocation | undefined>
  /** Files a copy in Sent, read. Undefined when the mailbox has no such folder. */
  appendSent(raw: Buffer): Promise<MailLocation | undefined>
  sentFolder(): Promise<string | undefined>
  /** How far another folder (or `\\Sent`) has come, without opening it; undefined: it is not there. */
  statusOf(name: string): Promise<(FolderStatus & { folder: string }) | undefined>
}

/**
 * Logs in and selects a folder.
 * @throws ChannelError
 */
export async function openMailbox(
  { address, aliases = [], imap }: MailAccount,
  { folder, signal }: OpenOptions = {},
): Promise<Mailbox> {
  if (imap === undefined) {
    throw new ChannelError('ActionRequired', { reason: 'imap_not_configured' })
  }
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw imapError(error, imap)
    }
  }
  return guarded(async () => {
    const client = await connectImap({ ...imap, signal })
    try {
      return await select(client, [address, ...aliases], folder, guarded)
    } catch (error) {
      client.close()
      throw error
    }
  })
}

type Guard = <T>(work: () => Promise<T>) => Promise<T>

async function select(
  client: ImapFlow,
  ownAddresses: readonly string[],
  folder: string | undefined,
  guarded: Guard,
): Promise<Mailbox> {
  const sent = folder === '\\Sent'
  const path = sent ? await sentFolder(client) : (folder ?? 'INBOX')
  if (path === undefined) throw new ChannelError('ActionRequired', { reason: 'no_sent_folder' })
  const opened = await client.mailboxOpen(path, { readOnly: true }).catch((error) => {
    if (!error.mailboxMissing) throw error
    throw new ChannelError('ActionRequired', { reason: 'folder_not_found' })
  })
  const { uidValidity } = opened
  let changed = false
  let sentPath: string | undefined
  client.on('exists', (event) => {
    if (event.path === path) changed = true
  })
  let highestNext = opened.uidNext
  const status = (): FolderStatus => {
    const now = client.mailbox && client.mailbox.path === path ? client.mailbox : opened
    highestNext = Math.max(highestNext, now.uidNext)
    return { uidValidity: now.uidValidity, uidNext: highestNext, exists: now.exists }
  }
  const reader = folderReader({
    client,
    context: {
      folder: path,
      uidValidity,
      ownAddresses,
      sent,
    },
    status,
    looked: () => {
      changed = false
    },
  })
  const inFolder = <T>(work: () => Promise<T>): Promise<T> =>
    guarded(async () => {
      const lock = await client.getMailboxLock(path, { readOnly: true })
      try {
        if (status().uidValidity !== uidValidity) {
          throw new ChannelError('CursorLost', { reason: 'uidvalidity_changed' })
        }
        return await work()
      } finally {
        lock.release()
      }
    })

  return {
    folder: path,
    hasIdle: client.capabilities.has('IDLE'),
    status,
    planHistory: (plan) => inFolder(() => reader.planHistory(plan)),
    pullHistory: (cursor, options) => inFolder(() => reader.pullHistory(cursor, options)),
    async pullLive(cursor, options) {
      const page = await inFolder(() => reader.pullLive(cursor, options))
      highestNext = Math.max(highestNext, page.cursor.nextUid)
      return page
    },
    async waitForChange(options) {
      await inFolder(async () => undefined)
      return guarded(() => waitForChange(client, { ...options, changed: () => changed }))
    },
    fetchPart: (location, part) => guarded(() => fetchPart(client, location, part)),
    findBySourceId: (sourceId, folder) => guarded(() => findBySourceId(client, sourceId, folder)),
    appendSent: (raw) => guarded(() => appendSent(client, raw)),
    sentFolder: () => guarded(() => sentFolder(client)),
    statusOf: (name) =>
      guarded(async () => {
        if (name === '\\Sent') sentPath ??= await sentFolder(client)
        const other = name === '\\Sent' ? sentPath : name
        return other === undefined ? undefined : folderStatus(client, other)
      }),
    async close() {
      // A server that does not answer LOGOUT must not hold anybody up.
      const late = setTimeout(() => client.close(), 3_000)
      await client.logout().catch(() => client.close())
      clearTimeout(late)
    },
  }
}
