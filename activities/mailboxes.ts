// The one door to an inbox's mailbox: opened with what is stored, not faster than a host bears.

import type { MailChannel, OAuthCredentials } from '../channels/channel.ts'
import { ChannelError } from '../channels/errors.ts'
import type { MailAccount, MailTraits } from '../channels/mail/account.ts'
import { type Mailbox, openMailbox } from '../channels/mail/mailbox.ts'
import { readCredentials } from '../db/credentials.ts'
import { reserveToken } from '../db/token-buckets.ts'
import type { ChannelType } from '../domain/inbox.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { createAccessTokens } from './access-tokens.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { pause } from './pause.ts'
import { readSyncState, type SyncState } from './state/sync-state.ts'

export interface MailboxOptions {
  /** The first of the inbox's folders when absent; `\Sent` for the folder the server uses for sent mail. */
  folder?: string
  signal?: AbortSignal
}

/**
 * New connections to one server, over all workers. Many mailboxes share a host: after a restart of
 * either side they would all log in at once, which providers answer with a ban.
 */
const LOGINS = { capacity: 10, perSecond: 10 }

/** A burst of answers shares a login; a pause between two customers does not keep one open. */
const SHARED_FOR_MS = 5_000

/** A token of this age was good when it was made, whatever clocks and caches say. */
const JUST_MADE_MS = 60_000

interface OpenAccount {
  account: MailAccount
  traits: MailTraits
  /** Undefined where a password opens it. */
  token: OAuthCredentials | undefined
}

interface SharedMailbox {
  mailbox: Promise<Mailbox>
  users: number
  closing?: NodeJS.Timeout
}

export function createMailboxes(deps: ActivityDeps) {
  const { db, vault, channels } = deps
  const { freshCredentials } = createAccessTokens(deps)
  const shared = new Map<number, SharedMailbox>()

  function mailOf(channel: ChannelType): MailChannel {
    const { mail } = channels.of(channel)
    if (mail === undefined) throw new Error(`Inboxes of ${channel} are no mailboxes`)
    return mail
  }

  function traitsOf({ channel, settings }: Pick<SyncState, 'channel' | 'settings'>): MailTraits {
    return mailOf(channel).traitsOf(settings)
  }

  /** The account as it may be dialled now. `refused`: the access token that was not taken. */
  async function openAccount(ref: InboxRef, refused?: string): Promise<OpenAccount> {
    const [state, stored] = await Promise.all([
      readSyncState(db, ref),
      readCredentials(db, vault, ref.accountId, ref.inboxId),
    ])
    // A disconnect took them away between the caller's look at the row and this one.
    if (!state || !stored) throw again('The inbox was disconnected', 1)
    const { settings } = state
    const { connect } = channels.of(state.channel)
    const token =
      connect.kind === 'oauth' && connect.renewal
        ? await freshCredentials(ref, connect.renewal, stored as OAuthCredentials, refused)
        : undefined
    const account = mailOf(state.channel).accountOf({ settings, credentials: token ?? stored })
    return { account, traits: traitsOf(state), token }
  }

  /**
   * Uses the account, once more with a fresh token when the one at hand is refused: only when that is
   * refused too has access ended.
   * @throws ChannelError
   */
  async function withAccount<T>(
    ref: InboxRef,
    use: (account: MailAccount, traits: MailTraits) => Promise<T>,
  ): Promise<T> {
    let refused: string | undefined
    for (;;) {
      const { account, traits, token } = await openAccount(ref, refused)
      try {
        return await use(account, traits)
      } catch (error) {
        if (!token || !isTokenRefusal(error)) throw error
        const justMade = Date.now() - Date.parse(token.minted_at) < JUST_MADE_MS
        if (refused !== undefined && justMade) {
          throw new ChannelError('ReauthorizationRequired', error.details)
        }
        refused = token.access_token
      }
    }
  }

  /**
   * Whoever opens it closes it.
   * @throws ChannelError
   */
  function openInboxMailbox(ref: InboxRef, options: MailboxOptions = {}): Promise<Mailbox> {
    return withAccount(ref, async (account, { folders }) => {
      if (account.imap) await awaitTurn(`${account.imap.host}:${account.imap.port}`, options)
      return openMailbox(account, { folder: folders[0] ?? 'INBOX', ...options })
    })
  }

  async function awaitTurn(server: string, { signal }: MailboxOptions): Promise<void> {
    const waitMs = await reserveToken(db, `imap/${server}`, LOGINS)
    if (waitMs > 0) await pause(waitMs, signal)
    signal?.throwIfAborted()
  }

  /** One connection for what happens now and then, such as filing into Sent; closed when unused. */
  async function withSharedMailbox<T>(
    ref: InboxRef,
    work: (mailbox: Mailbox) => Promise<T>,
  ): Promise<T> {
    const entry = shared.get(ref.inboxId) ?? { mailbox: openInboxMailbox(ref), users: 0 }
    shared.set(ref.inboxId, entry)
    clearTimeout(entry.closing)
    entry.users += 1
    try {
      return await work(await entry.mailbox)
    } catch (error) {
      // Whatever it was, the next one begins with a fresh connection and today's credentials.
      if (shared.get(ref.inboxId) === entry) shared.delete(ref.inboxId)
      throw error
    } finally {
      entry.users -= 1
      if (entry.users === 0) entry.closing = setTimeout(() => close(ref, entry), SHARED_FOR_MS)
    }
  }

  function close({ inboxId }: InboxRef, entry: SharedMailbox): void {
    if (shared.get(inboxId) === entry) shared.delete(inboxId)
    entry.mailbox.then((mailbox) => mailbox.close()).catch(() => {})
  }

  return { traitsOf, withAccount, openInboxMailbox, withSharedMailbox }
}

function isTokenRefusal(error: unknown): error is ChannelError {
  return error instanceof ChannelError && error.details.reason === 'token_refused'
}
