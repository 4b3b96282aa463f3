// The one door to an inbox of a chat channel: its channel, and what is stored to call the provider.

import type { Channel, Connection } from '../channels/channel.ts'
import type { ChatChannel } from '../channels/chat.ts'
import { readCredentials } from '../db/credentials.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { readSyncState } from './state/sync-state.ts'

export interface OpenChat {
  channel: Channel & { chat: ChatChannel }
  connection: Connection
}

export function createChats({ db, vault, channels }: ActivityDeps) {
  /** With what is stored now. */
  async function openChat(ref: InboxRef): Promise<OpenChat> {
    const [state, credentials] = await Promise.all([
      readSyncState(db, ref),
      readCredentials(db, vault, ref.accountId, ref.inboxId),
    ])
    // A disconnect took them away between the caller's look at the row and this one.
    if (!state || !credentials) throw again('The inbox was disconnected', 1)
    const channel = channels.of(state.channel)
    if (!isChat(channel)) throw new Error(`Inboxes of ${state.channel} are no chats`)
    return { channel, connection: { settings: state.settings, credentials } }
  }

  return { openChat }
}

export function isChat(channel: Channel): channel is OpenChat['channel'] {
  return channel.chat !== undefined
}
