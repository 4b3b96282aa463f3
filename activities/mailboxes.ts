// The one door to an inbox's mailbox: opened with what is stored, not faster than a host bears.

import {
  type EmailCredentials,
  type EmailSettings,
  type Mailbox,
  openMailbox,
} from '../channels/email/index.ts'
import { readCredentials } from '../db/credentials.ts'
import { reserveToken } from '../db/token-buckets.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { pause } from './pause.ts'
import { readSyncState } from './state/sync-state.ts'

export interface MailboxOptions {
  /** `INBOX` when absent; `\Sent` for the folder the server uses for sent mail. */
  folder?: string
  signal?: AbortSignal
}

/**
 * New connections to one server, over all workers. Many mailboxes share a host: after a restart of
 * either side they would all log in at once, which providers answer with a ban.
 */
const LOGINS = { capacity: 10, perSecond: 10 }

export function createMailboxes(deps: ActivityDeps) {
  const { db, vault, policy } = deps

  /**
   * Whoever opens it closes it.
   * @throws ChannelError
   */
  async function openInboxMailbox(ref: InboxRef, options: MailboxOptions = {}): Promise<Mailbox> {
    const [state, credentials] = await Promise.all([
      readSyncState(db, ref),
      readCredentials(db, vault, ref.accountId, ref.inboxId),
    ])
    // A disconnect took them away between the caller's look at the row and this one.
    if (!state || !credentials) throw again('The inbox was disconnected', 1)
    const settings = state.settings as EmailSettings
    if (settings.imap) await awaitTurn(`${settings.imap.host}:${settings.imap.port}`, options)
    return openMailbox({
      settings,
      credentials: credentials as EmailCredentials,
      policy,
      ...options,
    })
  }

  async function awaitTurn(server: string, { signal }: MailboxOptions): Promise<void> {
    const waitMs = await reserveToken(db, `imap/${server}`, LOGINS)
    if (waitMs > 0) await pause(waitMs, signal)
    signal?.throwIfAborted()
  }

  return { openInboxMailbox }
}
