// The channels that are pushed to, each at an address of its inbox: what the API needs of them,
// apart from the registry, so that it loads nothing that dials.

import type { ChannelType } from '../domain/inbox.ts'
import type { ChannelWebhook } from './webhook.ts'
import { twilioWebhook } from './whatsapp-twilio/webhook.ts'

/** Webhooks that are proved by what is stored with the inbox. */
const BY_INBOX: Partial<Record<ChannelType, ChannelWebhook<never>>> = {
  whatsapp_twilio: twilioWebhook,
}

/** Undefined: nobody pushes to such an inbox. */
export function webhookOf(channel: string): ChannelWebhook<unknown> | undefined {
  return Object.hasOwn(BY_INBOX, channel)
    ? (BY_INBOX[channel as ChannelType] as ChannelWebhook<unknown>)
    : undefined
}

/** Where the provider is to send what happens, without the installation's public URL. */
export function webhookPath(channel: ChannelType, inboxId: number): string {
  return `/webhooks/${channel}/${inboxId}`
}
