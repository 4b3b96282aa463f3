// What the API needs of this channel: proof and meaning of webhooks. Nothing here dials.

import { redactMeta, type SigningApp, verifyMeta } from '../meta/webhook.ts'
import type { ChannelWebhook } from '../webhook.ts'
import { parseWhatsApp } from './parse.ts'

export const whatsAppWebhook: ChannelWebhook<SigningApp> = {
  verify: verifyMeta,
  parse: parseWhatsApp,
  redact: redactMeta,
}
