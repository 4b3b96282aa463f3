// An inbox that sends through a proxy of its own, with one conversation to answer in.
import { validateEmailForm } from '../../channels/email/index.ts'
import type { Database } from '../../db/client.ts'
import type { Vault } from '../../db/encryption.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { storeInbound } from '../../messaging/store-inbound.ts'
import type { SmtpServer } from '../../scripts/servers/smtp.ts'
import { mail } from '../messaging/mailroom.ts'
import { waitFor } from '../support/wait-for.ts'

export type Sender<Proxy> = Awaited<ReturnType<typeof sendingInbox<Proxy>>>

interface Tenant {
  db: Database
  vault: Vault
  accountId: number
  administratorId: number
}

interface Place {
  address: string
  port: number
  encryption: 'none' | 'starttls'
  /** With it the inbox receives too. */
  imapPort?: number
  /** The server puts what it sends into Sent. */
  filesSent?: boolean
}

/** `server` is what `at.port` leads to, by whichever `proxy`; the password is `a secret`. */
export async function sendingInbox<Proxy>(
  { db, vault, accountId, administratorId }: Tenant,
  at: Place,
  { proxy, server }: { proxy: Proxy; server: SmtpServer },
) {
  const { address, port, encryption, imapPort, filesSent = false } = at
  const login = { host: '127.0.0.1', login: address, password: 'a secret' }
  const { settings, credentials } = validateEmailForm(
    {
      address,
      smtp: { ...login, port, encryption, authentication: 'plain', files_sent: filesSent },
      imap: imapPort ? { ...login, port: imapPort, encryption: 'none' } : null,
    },
    { allowHosts: ['127.0.0.1'] },
  )
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    actorUserId: administratorId,
    name: address,
    channel: 'email',
    address,
    settings: { ...settings },
    credentials: { ...credentials },
  })
  const now = new Date()
  await storeInbound(
    db,
    { accountId, inboxId, folder: 'INBOX', now, arrivalOf: () => 'history' },
    { messages: [mail({ from: `customer-of-${address}` })], poison: [] },
  )
  const conversation = await db
    .selectFrom('conversations')
    .select('id')
    .where('inbox_id', '=', inboxId)
    .executeTakeFirstOrThrow()
  let messageId = 0

  return {
    proxy,
    inboxId,
    active: () =>
      waitFor(
        async () =>
          (
            await db
              .selectFrom('inboxes')
              .select('phase')
              .where('id', '=', inboxId)
              .executeTakeFirst()
          )?.phase === 'active',
        { what: `${address} to be active` },
      ),
    async answer(content: string) {
      const conversationId = conversation.id
      const queued = await queueOutgoing(db, {
        accountId,
        conversationId,
        userId: administratorId,
        content,
      })
      messageId = queued.messageId
    },
    /** The answer, once it has left or nobody can tell; undefined until then. */
    async settled() {
      const row = await db
        .selectFrom('messages')
        .select(['status', 'error_code'])
        .where('account_id', '=', accountId)
        .where('id', '=', messageId)
        .executeTakeFirstOrThrow()
      return row.status === 'queued' || row.status === 'transmitting' ? undefined : row
    },
    /** What arrived from this inbox. */
    received: () => server.received.filter(({ from }) => from === address),
  }
}
