// Accounts, senders and messages of the simulator, and how Twilio writes them.
import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'

export const sidOf = (prefix: string) => `${prefix}${randomBytes(16).toString('hex')}`

export interface SimAccount {
  sid: string
  token: string
  keys: Map<string, string>
  status: 'active' | 'suspended' | 'closed'
}

export interface SimSender {
  sid: string
  account: SimAccount
  number: string
  webhook: Record<string, string | null>
}

export interface SimMessage {
  sid: string
  account: SimAccount
  from: string
  to: string
  body: string
  direction: 'inbound' | 'outbound-api'
  status: string
  errorCode: number | null
  sentAt: Date
  media: { sid: string; type: string; content: Buffer; missing: number }[]
  statusCallback: string | null
  contentSid: string | null
  contentVariables: string | null
}

/** Twilio tells no parts of seconds. */
export const seconds = (at: Date) => Math.floor(at.getTime() / 1000) * 1000

/** The webhook about a message of a contact. */
export function inbound(message: SimMessage): Record<string, string> {
  const { sid, account, from, to, body, media } = message
  const address = `https://api.twilio.com/2010-04-01/Accounts/${account.sid}/Messages/${sid}/Media`
  return {
    SmsMessageSid: sid,
    SmsSid: sid,
    MessageSid: sid,
    AccountSid: account.sid,
    From: from,
    To: to,
    Body: body,
    WaId: from.replace(/\D/g, ''),
    ProfileName: 'Ana',
    SmsStatus: 'received',
    NumMedia: String(media.length),
    ...Object.fromEntries(
      media.flatMap((file, at) => [
        [`MediaUrl${at}`, `${address}/${file.sid}`],
        [`MediaContentType${at}`, file.type],
      ]),
    ),
  }
}

/** The webhook about what became of a message of ours. */
export function statusOf(message: SimMessage, status: string): Record<string, string> {
  const { sid, account, from, to, errorCode } = message
  return {
    ChannelPrefix: 'whatsapp',
    ApiVersion: '2010-04-01',
    MessageStatus: status,
    SmsStatus: status,
    SmsSid: sid,
    MessageSid: sid,
    AccountSid: account.sid,
    From: from,
    To: to,
    ...(errorCode === null ? {} : { ErrorCode: String(errorCode) }),
  }
}

export function shown(message: SimMessage) {
  const uri = `/2010-04-01/Accounts/${message.account.sid}/Messages/${message.sid}`
  return {
    account_sid: message.account.sid,
    sid: message.sid,
    from: message.from,
    to: message.to,
    body: message.body,
    direction: message.direction,
    status: message.status,
    num_media: String(message.media.length),
    date_created: message.sentAt.toUTCString(),
    date_sent: message.sentAt.toUTCString(),
    date_updated: message.sentAt.toUTCString(),
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : 'Failed to send',
    uri: `${uri}.json`,
    subresource_uris: { media: `${uri}/Media.json` },
  }
}

export const shownSender = ({ sid, number, webhook }: SimSender) => ({
  sid,
  status: 'ONLINE',
  sender_id: `whatsapp:${number}`,
  webhook,
  url: `https://messaging.twilio.com/v2/Channels/Senders/${sid}`,
})

export function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export function refuse(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
): void {
  const more_info = `https://www.twilio.com/docs/errors/${code}`
  reply(response, status, { code, message, more_info, status })
}
