// A delivery for people who look for a fault: what it was and about which message, never what
// anybody wrote, and of numbers only the end.

import type { RawPart } from '../webhook.ts'
import { decodeForm } from './form.ts'

const SHOWN = new Set(
  `MessageSid SmsSid SmsMessageSid AccountSid MessagingServiceSid ChannelInstallSid SmsStatus
  MessageStatus MessageType NumMedia NumSegments ReferralNumMedia ApiVersion ChannelPrefix EventType
  ErrorCode ChannelStatusMessage StructuredMessage Forwarded FrequentlyForwarded
  OriginalRepliedMessageSid ButtonType`.split(/\s+/),
)
const NUMBERS = new Set('From To WaId ChannelToAddress OriginalRepliedMessageSender'.split(' '))

export function redactTwilio({ body }: RawPart): Record<string, unknown> {
  const shown = (key: string, value: string) => {
    if (SHOWN.has(key) || /^MediaContentType\d$/.test(key)) return value
    if (NUMBERS.has(key)) return `…${value.slice(-4)}`
    return `[${[...value].length}]`
  }
  return Object.fromEntries(
    Object.entries(decodeForm(body)).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map((item) => shown(key, item)) : shown(key, value),
    ]),
  )
}
