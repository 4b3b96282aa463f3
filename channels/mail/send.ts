// Sends one message by SMTP and says for certain, where it can be said, what became of it.
import { assignedMessageId } from '../../protocols/smtp/assigned-id.ts'
import type { SmtpTarget } from '../../protocols/smtp/connect.ts'
import { SmtpSendFailed, sendMail } from '../../protocols/smtp/send-mail.ts'
import type { OutboundMessage, SendHooks, SentMessage } from '../channel.ts'
import { AmbiguousSend, ChannelError } from '../errors.ts'
import type { MailAccount } from './account.ts'
import { composeEmail } from './compose.ts'
import { smtpError } from './errors.ts'

/** A sent mail with its bytes, for filing a copy in Sent. */
export interface SentEmail extends SentMessage {
  raw: Buffer
  /** The Message-ID it bears in the end: the server may have put its own in place of ours. */
  sourceId: string
  /** Recipients that were refused while others were accepted. */
  rejected: string[]
}

/**
 * Sends through the account's SMTP server. `fromName` is shown beside the address.
 * @throws ChannelError when it certainly did not go out, AmbiguousSend when it may have
 */
export async function sendFromAccount(
  { address, smtp: server }: MailAccount,
  message: OutboundMessage,
  hooks: SendHooks,
  { fromName = '', signal }: { fromName?: string | undefined; signal?: AbortSignal } = {},
): Promise<SentEmail> {
  if (server === undefined) {
    throw new ChannelError('ActionRequired', { reason: 'smtp_not_configured' })
  }
  const smtp: SmtpTarget = { ...server, signal }
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

function meaningOf(error: unknown, smtp: SmtpTarget): Error {
  if (!(error instanceof SmtpSendFailed)) return error as Error
  const meaning = smtpError(error.cause, smtp)
  if (error.outcome !== 'ambiguous') return meaning
  const details = meaning instanceof ChannelError ? meaning.details : { reason: 'connection_lost' }
  return new AmbiguousSend(details)
}
