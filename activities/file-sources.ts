// Where the files of an inbox's messages lie until we have them: a mailbox, or a chat's provider.

import type { Readable } from 'node:stream'
import { ChannelError } from '../channels/errors.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { createChats, isChat } from './chats.ts'
import type { ActivityDeps } from './deps.ts'
import { createMailboxes } from './mailboxes.ts'
import { isRescanned, type WaitingFile } from './state/attachments.ts'
import type { SyncState } from './state/sync-state.ts'

export interface FileSource {
  /** `lost`: nowhere any more; a date: not there, but worth another look then. */
  open(file: WaitingFile): Promise<Readable | 'lost' | { again: Date }>
  close(): Promise<void>
}

/** A provider may tell of a file seconds before it hands it out; after so long it is gone. */
const APPEARS_WITHIN_MS = 10 * 60_000
const FIRST_LOOK_MS = 3_000
/** A rescan takes seconds for most mailboxes and minutes for the largest; a look is one connection. */
const RESCAN_MS = 60_000

export function createFileSources(deps: ActivityDeps) {
  const { db, clock, channels } = deps
  const { openInboxMailbox } = createMailboxes(deps)
  const { openChat } = createChats(deps)

  /** Whoever opens it closes it. @throws ChannelError */
  function openSource(ref: InboxRef, state: SyncState, signal: AbortSignal): Promise<FileSource> {
    return isChat(channels.of(state.channel)) ? chatSource(ref, signal) : mailSource(ref, signal)
  }

  async function chatSource(ref: InboxRef, signal: AbortSignal): Promise<FileSource> {
    const { channel, connection } = await openChat(ref)
    return {
      async open({ part, since }) {
        const file = await channel.chat.openFile(connection, part, signal)
        if (file) return file
        // Waiting twice as long each time keeps the number of looks small.
        const age = clock().getTime() - since.getTime()
        if (age > APPEARS_WITHIN_MS) return 'lost'
        return { again: new Date(clock().getTime() + Math.max(age, FIRST_LOOK_MS)) }
      },
      close: async () => {},
    }
  }

  async function mailSource(ref: InboxRef, signal: AbortSignal): Promise<FileSource> {
    const mailbox = await openInboxMailbox(ref, { signal })
    /** Sync has yet to find out where the mails of this folder lie now. */
    const isUnread = async (folder: string) => {
      const status = await mailbox.statusOf(folder)
      return status !== undefined && !(await isRescanned(db, ref, status))
    }
    return {
      async open({ places, part }) {
        let unsure = false
        for (const place of places) {
          try {
            return await mailbox.fetchPart(place, part)
          } catch (error) {
            if (!(error instanceof ChannelError)) throw error
            const { reason } = error.details
            if (reason === 'uidvalidity_changed') unsure ||= await isUnread(place.folder)
            else if (reason !== 'attachment_gone') throw error
          }
        }
        return unsure ? { again: new Date(clock().getTime() + RESCAN_MS) } : 'lost'
      },
      close: () => mailbox.close(),
    }
  }

  return { openSource }
}
