// A mailbox as a customer would have it: a real Dovecot and an SMTP server with one user.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DovecotOptions, startDovecot } from '../../scripts/servers/dovecot.ts'
import { type SmtpOptions, startSmtp } from '../../scripts/servers/smtp.ts'

export interface MailboxOptions {
  address?: string
  password?: string
  imap?: Partial<DovecotOptions>
  smtp?: Partial<SmtpOptions>
}

export type Mailbox = Awaited<ReturnType<typeof startMailbox>>

/** Mail sent to the own address lands in the mailbox. Call stop() in afterAll. */
export async function startMailbox(options: MailboxOptions = {}) {
  const { address = 'support@shop.test', password = 'a secret' } = options
  const dir = mkdtempSync(join(tmpdir(), 'mailbox-'))
  const users = { [address]: password }
  const imap = await startDovecot({ dir, users, ...options.imap })
  const smtp = await startSmtp({ users, deliverTo: imap, ...options.smtp })
  return {
    address,
    password,
    imap,
    smtp,
    /** To the whole mailbox: INBOX unless a folder is named. */
    deliver: imap.deliver.bind(imap, address),
    deliverAll: imap.deliverAll.bind(imap, address),
    /** On both servers, as a provider does it; open connections are dropped. */
    async changePassword(to: string) {
      imap.setPassword(address, to)
      smtp.setPassword(address, to)
      await imap.kick(address)
    },
    async stop() {
      await Promise.all([imap.stop(), smtp.stop()])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
