// Orders an inbox exactly as the API does: rows and an outbox order, no more.
import { validateEmailForm } from '../channels/email/index.ts'
import { createInbox } from '../messaging/create-inbox.ts'
import { type Platform, policy } from './stack.ts'

export interface MailboxAt {
  address: string
  password: string
  /** Absent: an inbox that only sends. */
  imapPort?: number
  imapHost?: string
  smtpPort: number
}

export async function connectInbox(platform: Platform, at: MailboxAt) {
  const { db, vault, accountId, administratorId } = platform
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
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    actorUserId: administratorId,
    name: at.address,
    channel: 'email',
    address: at.address,
    settings: { ...settings },
    credentials: { ...credentials },
  })
  return { accountId, inboxId }
}
