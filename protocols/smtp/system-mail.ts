// Mail of the platform itself, through the operator's relay. Mail of an inbox: channels/email/send.

import MailComposer from 'nodemailer/lib/mail-composer'
import { withoutSecrets } from '../without-secrets.ts'
import { classifySmtp, type SmtpFaultKind } from './classify.ts'
import type { SmtpTarget } from './connect.ts'
import { SmtpSendFailed, sendMail } from './send-mail.ts'

export interface SystemMailer {
  /**
   * `smtps://login:password@host:465`, or `smtp://...:587` with STARTTLS; `?encryption=none` for a
   * relay in the own network.
   */
  url: string
  /** Address of the sender. */
  from: string
}

export interface SystemMail {
  to: { name: string; address: string }
  subject: string
  text: string
  /** The same for every repeat, so that mail programs show one. Without angle brackets. */
  messageId: string
}

/** A mail that did not leave. `final`: the relay said no to this very mail, not to us. */
export class SystemMailFailed extends Error {
  readonly final: boolean
  /** The relay's words, without the password. */
  readonly evidence: string

  constructor(reason: string, final: boolean, evidence: string) {
    super(reason)
    this.name = 'SystemMailFailed'
    this.final = final
    this.evidence = evidence
  }
}

const ITS_OWN = new Set<SmtpFaultKind>([
  'recipient_refused',
  'message_refused',
  'message_too_large',
])

/** @throws SystemMailFailed */
export async function sendSystemMail(mailer: SystemMailer, mail: SystemMail): Promise<void> {
  const smtp = targetOf(mailer)
  const raw = await new MailComposer({
    from: mailer.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    messageId: `<${mail.messageId}>`,
    // RFC 3834: robots must not answer, and other desks know it for a robot's.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  })
    .compile()
    .build()
  try {
    const envelope = { from: mailer.from, to: [mail.to.address] }
    await sendMail(smtp, { envelope, raw, size: raw.length }, { onTransmitting: async () => {} })
  } catch (error) {
    const cause = error instanceof SmtpSendFailed ? error.cause : error
    const { kind, evidence } = classifySmtp(cause)
    // A refused login or sender is the operator's to mend, and then the mail is still wanted.
    const final =
      error instanceof SmtpSendFailed && error.outcome === 'rejected' && ITS_OWN.has(kind)
    const { auth } = smtp
    const secrets = auth && 'pass' in auth ? [auth.pass] : []
    throw new SystemMailFailed(kind, final, withoutSecrets(evidence, secrets))
  }
}

function targetOf({ url, from }: SystemMailer): SmtpTarget {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url)
  const secure = protocol === 'smtps:'
  const open = searchParams.get('encryption') === 'none'
  return {
    host: hostname,
    port: Number(port) || (secure ? 465 : 587),
    encryption: secure ? 'tls' : open ? 'none' : 'starttls',
    certificate: searchParams.get('certificate') === 'none' ? 'none' : 'peer',
    auth:
      username === ''
        ? undefined
        : {
            method: 'login',
            user: decodeURIComponent(username),
            pass: decodeURIComponent(password),
          },
    ehloName: from.split('@')[1] ?? hostname,
    // The operator named it, so it may be in the own network.
    policy: { allowHosts: [hostname] },
    stepTimeoutMs: 20_000,
    replyTimeoutMs: 60_000,
  }
}
