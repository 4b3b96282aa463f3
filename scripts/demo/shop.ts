// The shop whose mailbox the demo connects: a real Dovecot with 500 mails, a real SMTP server, and
// customers who write to it.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { sampleMails } from '../sample-mails/sample-mails.ts'
import { startDovecot } from '../servers/dovecot.ts'
import { type ReceivedMail, startSmtp } from '../servers/smtp.ts'

export interface CustomerMail {
  from: { name: string; address: string }
  subject: string
  text: string
  /** Message-ID of the mail it answers, without brackets. */
  inReplyTo?: string
}

export type Shop = Awaited<ReturnType<typeof startShop>>

const ADDRESS = 'suporte@loja.example'
const PASSWORD = 'senha-da-loja-123'

/** Both servers speak TLS with certificates of their own making. */
export async function startShop(options: {
  dir: string
  mails: number
  log: (line: string) => void
}) {
  const users = { [ADDRESS]: PASSWORD }
  const imap = await startDovecot({
    dir: join(options.dir, 'dovecot'),
    users,
    tls: 'implicit',
    log: (line) => {
      if (line.startsWith('Installing ')) options.log(line)
    },
  })
  let seed = 1
  const smtp = await startSmtp({ users, deliverTo: imap, tls: 'starttls' })
  return {
    address: ADDRESS,
    /** What a person types into the connect form. */
    form: {
      address: ADDRESS,
      imap: {
        host: imap.host,
        port: imap.port,
        login: ADDRESS,
        password: PASSWORD,
        encryption: 'tls',
        certificate: 'none',
      },
      smtp: {
        host: smtp.host,
        port: smtp.port,
        login: ADDRESS,
        password: PASSWORD,
        encryption: 'starttls',
        certificate: 'none',
      },
    },
    /** Ninety days of mail, the newest of an hour ago. */
    fill(): void {
      const shape = { count: options.mails, inbox: ADDRESS, now: Date.now() - 3_600_000 }
      const deliveries = function* () {
        for (const { raw, expected } of sampleMails(shape)) {
          yield { raw, internalDate: expected.date }
        }
      }
      imap.deliverAll(ADDRESS, deliveries())
    },
    /** A mail that arrives now; @returns its Message-ID without brackets. */
    receive(mail: CustomerMail): string {
      const id = `${randomUUID()}@${mail.from.address.split('@')[1]}`
      imap.deliver(ADDRESS, writeMail(mail, id))
      return id
    },
    /** One more of the generator's mails, from somebody new each time. @returns its subject. */
    receiveAny(): string {
      seed += 1
      const [mail] = sampleMails({ count: 1, seed, inbox: ADDRESS, now: Date.now(), days: 0 })
      imap.deliver(ADDRESS, mail!.raw)
      return mail!.expected.subject
    },
    /** The mails our platform handed to the SMTP server. */
    sent: smtp.received as readonly ReceivedMail[],
    waitForSent: (count: number) => smtp.waitFor(count, 30_000),
    async stop() {
      await Promise.all([imap.stop(), smtp.stop()])
    },
  }
}

/** The value of a header, unfolded; undefined when the mail has none of that name. */
export function headerOf(raw: Buffer, name: string): string | undefined {
  const head = raw
    .toString('utf8')
    .split('\r\n\r\n')[0]!
    .replace(/\r\n[ \t]+/g, ' ')
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]
}

/** RFC 2047 words as nodemailer writes them, for showing a header to people. */
export function decodeWords(value: string): string {
  const joined = value.replace(/\?= +=\?/g, '?==?')
  return joined.replace(/=\?utf-8\?(q|b)\?([^?]*)\?=/gi, (_, kind: string, text: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(text, 'base64').toString('utf8')
    const bytes = text.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/gi, '%$1')
    return decodeURIComponent(bytes)
  })
}

function writeMail(mail: CustomerMail, id: string): string {
  const word = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
  return [
    `From: ${word(mail.from.name)} <${mail.from.address}>`,
    `To: ${ADDRESS}`,
    `Subject: ${word(mail.subject)}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}>`,
    ...(mail.inReplyTo
      ? [`In-Reply-To: <${mail.inReplyTo}>`, `References: <${mail.inReplyTo}>`]
      : []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(mail.text).toString('base64'),
    '',
  ].join('\r\n')
}
