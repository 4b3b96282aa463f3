// A Dovecot for one test file and the settings of inboxes on it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emailAccount } from '../../../channels/email/index.ts'
import { openMailbox } from '../../../channels/mail/mailbox.ts'
import { type DovecotOptions, startDovecot } from '../../../scripts/servers/dovecot.ts'

export const policy = { allowHosts: ['127.0.0.1', 'localhost'] }
export const SECRET = 'planted-secret'

/** Starts Dovecot in a directory of its own; each test takes an address of its own. */
export async function dovecotInbox(options: Partial<DovecotOptions> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'email-test-'))
  const server = await startDovecot({ dir, users: { 'first@inbox.test': SECRET }, ...options })
  const settingsOf = (address: string, port = server.port) => ({
    address,
    imap: { host: '127.0.0.1', port, login: address, encryption: 'none' as const },
    folders: ['INBOX'],
    sync_sent: true,
  })
  let count = 0
  return {
    server,
    settingsOf,
    newAddress() {
      const address = `user${++count}@inbox.test`
      server.setPassword(address, SECRET)
      return address
    },
    open: (address: string, how: { port?: number; folder?: string; signal?: AbortSignal } = {}) => {
      const { port, ...rest } = how
      const settings = settingsOf(address, port)
      const credentials = { imap_password: SECRET }
      return openMailbox(emailAccount({ settings, credentials, policy }), rest)
    },
    async stop() {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A small mail. */
export function mailOf(
  n: number,
  headers: Record<string, string> = {},
  body = `Text ${n}`,
): string {
  const fields = {
    From: `Cliente ${n} <cliente${n}@example.test>`,
    To: 'inbox@inbox.test',
    Subject: `Pedido ${n}`,
    Date: new Date(Date.UTC(2026, 9, 1, 0, n)).toUTCString(),
    'Message-ID': `<m${n}@example.test>`,
    ...headers,
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`
}
