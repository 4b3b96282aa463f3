// Sends one message by SMTP and says for certain, where it can be said, what became of it.
import type { NetPolicy } from '../../net/policy.ts'
import { assignedMessageId } from '../../protocols/smtp/assigned-id.ts'
import type { SmtpTarget } from '../../protocols/smtp/connect.ts'
import { SmtpSendFailed, sendMail } from '../../protocols/smtp/send-mail.ts'
import type { OutboundMessage, SendHooks, SentMessage } from '../channel.ts'
import { AmbiguousSend, ChannelError } from '../errors.ts'
import { composeEmail } from './compose.ts'
import { smtpError } from './errors.ts'
import { presetOf } from './presets.ts'
import type { EmailCredentials, EmailSettings } from './settings.ts'

/** A sent mail with its bytes, for filing a copy in Sent. */
export interface SentEmail extends SentMessage {
  raw: Buffer
  /** The Message-ID it bears in the end: the server may have put its own in place of ours. */
  sourceId: string
  /** Recipients that were refused while others were accepted. */
  rejected: string[]
}

/** How any mail account sends; OAuth channels bring `auth` with a token. */
export interface SendAccess {
  address: string
  /** Shown beside the address. */
  fromName?: string | undefined
  smtp: SmtpTarget
}

/**
 * Sends through the inbox's SMTP server.
 * @throws ChannelError when it certainly did not go out, AmbiguousSend when it may have
 */
export async function sendEmail(
  access: {
    settings: EmailSettings
    credentials: EmailCredentials
    policy: NetPolicy
    fromName?: string
    signal?: AbortSignal
  },
  message: OutboundMessage,
  hooks: SendHooks,
): Promise<SentEmail> {
  const { settings, credentials, policy, fromName, signal } = access
  const smtp = smtpTarget(settings, credentials, policy)
  return sendFromAccount(
    { address: settings.address, fromName, smtp: { ...smtp, signal } },
    message,
    hooks,
  )
}

/** The same for an account that is not configured by a form. @throws as sendEmail */
export async function sendFromAccount(
  { address, fromName = '', smtp }: SendAccess,
  message: OutboundMessage,
  hooks: SendHooks,
): Promise<SentEmail> {
  const raw = await composeEmail({ name: fromName, address }, message)
  const everybody = [...message.to, ...(message.cc ?? []), ...(message.bcc ?? [])]
  const to = [...new Set(everybody.map((recipient) => recipient.address))]
  try {
    const receipt = await sendMail(
      smtp,
      { envelope: { from: address, to }, raw, size: raw.length },
      hooks,
    )
    const sourceId = assignedMessageId(receipt.response, smtp.host) ?? message.sourceId
    return { externalId: message.sourceId, ...receipt, sourceId, raw }
  } catch (error) {
    throw meaningOf(error, smtp)
  }
}

/** Whether what is sent appears in Sent by the server's own doing, so that it can be looked up there. */
export function filesSent({ smtp, imap }: EmailSettings): boolean {
  if (smtp === undefined || imap === undefined) return false
  return smtp.files_sent ?? presetOf(smtp.host)?.filesSent ?? false
}

/** Where the inbox sends. @throws ChannelError when it only receives */
export function smtpTarget(
  { smtp }: EmailSettings,
  credentials: EmailCredentials,
  policy: NetPolicy,
): SmtpTarget {
  if (smtp === undefined) {
    throw new ChannelError('ActionRequired', { reason: 'smtp_not_configured' })
  }
  const { host, port, encryption, certificate, authentication, login, domain } = smtp
  return {
    host,
    port,
    encryption,
    certificate,
    auth: { method: authentication, user: login, pass: credentials.smtp_password ?? '' },
    ehloName: domain ?? host,
    policy,
  }
}

function meaningOf(error: unknown, { auth }: SmtpTarget): Error {
  if (!(error instanceof SmtpSendFailed)) return error as Error
  const secrets = auth === undefined ? [] : 'pass' in auth ? [auth.pass] : [auth.accessToken]
  const meaning = smtpError(error.cause, secrets)
  if (error.outcome !== 'ambiguous') return meaning
  const details = meaning instanceof ChannelError ? meaning.details : { reason: 'connection_lost' }
  return new AmbiguousSend(details)
}
