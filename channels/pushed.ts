// The channels that are pushed to, at an address of each inbox or at one of our app's: what the API
// needs of them, apart from the registry, so that it loads nothing that dials.

import type { ChannelType } from '../domain/inbox.ts'
import { instagramWebhook } from './instagram/webhook.ts'
import type { SigningApp } from './meta/webhook.ts'
import type { ChannelWebhook } from './webhook.ts'
import { whatsAppWebhook } from './whatsapp-cloud/webhook.ts'
import { twilioWebhook } from './whatsapp-twilio/webhook.ts'

/** Webhooks that are proved by what is stored with the inbox. */
const BY_INBOX: Partial<Record<ChannelType, ChannelWebhook<never>>> = {
  whatsapp_twilio: twilioWebhook,
}

/** Webhooks of Meta's apps, by what their batches are about; all come to one address. */
const BY_META: Record<string, { channel: ChannelType; webhook: ChannelWebhook<SigningApp> }> = {
  instagram: { channel: 'instagram', webhook: instagramWebhook },
  page: { channel: 'instagram', webhook: instagramWebhook },
  whatsapp_business_account: { channel: 'whatsapp_cloud', webhook: whatsAppWebhook },
}

/** Undefined: nobody pushes to such an inbox at an address of its own. */
export function inboxWebhookOf(channel: string): ChannelWebhook<unknown> | undefined {
  return Object.hasOwn(BY_INBOX, channel)
    ? (BY_INBOX[channel as ChannelType] as ChannelWebhook<unknown>)
    : undefined
}

/** Undefined: a kind of batch that no channel reads. */
export function metaWebhookOf(object: string) {
  return Object.hasOwn(BY_META, object) ? BY_META[object] : undefined
}

/** What reads the deliveries of an inbox, wherever they came in; undefined: it has none. */
export function webhookOf(
  channel: string,
): Pick<ChannelWebhook<never>, 'parse' | 'redact'> | undefined {
  return (
    inboxWebhookOf(channel) ??
    Object.values(BY_META).find((one) => one.channel === channel)?.webhook
  )
}

/** Where the provider is to send what happens, without the installation's public URL. */
export function webhookPath(channel: ChannelType, inboxId: number): string {
  return `/webhooks/${channel}/${inboxId}`
}
