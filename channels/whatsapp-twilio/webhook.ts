// What the API needs of this channel: proof and meaning of webhooks. Nothing here dials.

import type { ChannelWebhook } from '../webhook.ts'
import { parseTwilio } from './parse.ts'
import { redactTwilio } from './redact.ts'
import { type SigningTokens, verifyTwilio } from './signature.ts'

export const twilioWebhook: ChannelWebhook<SigningTokens> = {
  verify: verifyTwilio,
  parse: parseTwilio,
  redact: redactTwilio,
}
