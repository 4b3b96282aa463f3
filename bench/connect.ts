// Inboxes for the benchmarks: ordered as the API does it, or connected already.
import { storeConnection } from '../activities/state/connection.ts'
import { validateEmailForm } from '../channels/email/index.ts'
import type { Access } from '../db/access-tokens.ts'
import { inTransaction } from '../db/client.ts'
import { createInbox, type NewInbox } from '../messaging/create-inbox.ts'
import { type Platform, policy } from './stack.ts'

export interface MailboxAt {
  address: string
  password: string
  /** Absent: an inbox that only sends. */
  imapPort?: number
  imapHost?: string
  smtpPort: number
}

/** Rows and an outbox order, exactly as the API does it, no more. */
export async function connectInbox(platform: Platform, at: MailboxAt) {
  const { db, vault, accountId, administratorId } = platform
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    actorUserId: administratorId,
    name: at.address,
    channel: 'email',
    address: at.address,
    ...formOf(at),
  })
  return { accountId, inboxId }
}

export interface ProvedInbox {
  channel: NewInbox['channel']
  address: string
  settings: Record<string, unknown>
  credentials: object
  access: Access | null
}

/** Proved and imported long ago, for what only begins then. */
export function connectAtOnce(platform: Platform, inbox: ProvedInbox): Promise<number> {
  const { db, vault, accountId } = platform
  const { channel, address, settings } = inbox
  return inTransaction(db, async (trx) => {
    const { inboxId } = await createInbox(trx, vault, {
      accountId,
      name: address,
      channel,
      address,
      settings,
    })
    const proved = { ...inbox, now: new Date(), imports: false, providerIds: [] }
    await storeConnection(trx, vault, { accountId, inboxId, draftId: null }, proved)
    return inboxId
  })
}

export function connectMailboxAtOnce(platform: Platform, at: MailboxAt): Promise<number> {
  const { settings, credentials } = formOf(at)
  const { address } = at
  return connectAtOnce(platform, { channel: 'email', address, settings, credentials, access: null })
}

function formOf(at: MailboxAt) {
  const server = { host: '127.0.0.1', encryption: 'none', login: at.address, password: at.password }
  const { settings, credentials } = validateEmailForm(
    {
      address: at.address,
      ...(at.imapPort === undefined
        ? {}
        : { imap: { ...server, host: at.imapHost ?? server.host, port: at.imapPort } }),
      smtp: { ...server, port: at.smtpPort },
    },
    policy,
  )
  return { settings: { ...settings }, credentials: { ...credentials } }
}
