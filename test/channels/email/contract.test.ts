// The contract of every channel, kept by email: a real Dovecot, and servers that say one line.
import { afterAll, beforeAll } from 'vitest'
import type { Channel, Connection } from '../../../channels/channel.ts'
import {
  createEmail,
  type EmailCredentials,
  type EmailSettings,
} from '../../../channels/email/index.ts'
import { channelContract } from '../../channel-contract.ts'
import { scriptedImap } from '../../protocols/imap/scripted-imap.ts'
import { scriptedSmtp } from '../../protocols/smtp/scripted-smtp.ts'
import { dovecotInbox, mailOf, policy, SECRET } from '../mail/dovecot-inbox.ts'

type EmailConnection = Connection<EmailSettings, EmailCredentials>

let inbox: Awaited<ReturnType<typeof dovecotInbox>>
const closing: (() => unknown)[] = []
beforeAll(async () => {
  inbox = await dovecotInbox()
  closing.push(() => inbox.stop())
}, 60_000)
afterAll(() => Promise.all(closing.map((close) => close())))

const credentials = { imap_password: SECRET, smtp_password: SECRET }
const connection = (): EmailConnection => ({
  settings: inbox.settingsOf(inbox.newAddress()),
  credentials,
})
const addressOf = ({ settings }: Connection) => (settings as EmailSettings).address
let mails = 0

const refusing = (login: string) => async (): Promise<EmailConnection> => {
  const { port, close } = await scriptedImap({ login })
  closing.push(close)
  return { settings: inbox.settingsOf('ana@inbox.test', port), credentials }
}

channelContract(createEmail(policy) as Channel, {
  connection,
  refused: ({ settings }) => ({ settings, credentials: { imap_password: 'not-this-one' } }),
  secrets: [SECRET, 'not-this-one'],
  deliver(to, text, from) {
    const headers = from === 'us' ? { From: addressOf(to) } : {}
    inbox.server.deliver(addressOf(to), Buffer.from(mailOf(++mails, headers, text)))
  },
  failures: [
    [
      'a refused password',
      refusing('NO [AUTHENTICATIONFAILED] Invalid credentials'),
      'ReauthorizationRequired',
    ],
    ['a server in trouble', refusing('NO [UNAVAILABLE] Try later'), 'Unavailable'],
    ['a limit', refusing('NO [LIMIT] Too many connections'), 'RateLimited'],
    ['an answer that nobody understands', refusing('XYZZY'), 'Unavailable'],
    ['IMAP that is switched off', refusing('NO Not enabled for IMAP use'), 'ActionRequired'],
  ],
  async lostAfterSending() {
    const { port, close } = await scriptedSmtp({ end: 'hangup' })
    closing.push(close)
    const server = { host: '127.0.0.1', port, login: 'ana@inbox.test', encryption: 'none' as const }
    return {
      settings: {
        address: 'ana@inbox.test',
        smtp: { ...server, certificate: 'none', authentication: 'plain' },
        folders: ['INBOX'],
        sync_sent: true,
      },
      credentials,
    }
  },
})
