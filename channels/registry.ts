// The one list of channels. Adding one is a folder and a line here.
import type { ChannelType, Direction } from '../domain/inbox.ts'
import type { NetPolicy } from '../net/policy.ts'
import type { Channel } from './channel.ts'
import { createEmail } from './email/index.ts'
import { createGoogle, type GoogleProvider } from './google/index.ts'
import { createInstagram } from './instagram/index.ts'
import type { MetaApp } from './meta/app.ts'
import { createMicrosoft, type MicrosoftProvider } from './microsoft/index.ts'
import { createWhatsAppCloud } from './whatsapp-cloud/index.ts'
import { createTwilio } from './whatsapp-twilio/index.ts'
import { createWidget } from './widget/index.ts'

/** What channels are handed once, by the composition roots. */
export interface ChannelConfig {
  policy: NetPolicy
  /** The operator's app at each provider; null or absent: none is registered. */
  google?: GoogleProvider | null
  microsoft?: MicrosoftProvider | null
  meta?: MetaApp | null
  /** Stands for the hosts of Twilio, such as a simulator's; null or absent: Twilio itself. */
  twilioOrigin?: string | null
}

export interface Channels {
  all: readonly Channel[]
  /** The channel of an inbox. An inbox of an unknown type is a bug. */
  of(type: ChannelType): Channel
  /** What an inbox does at all: a mailbox may only receive or only send. */
  directionsOf(inbox: { channel: ChannelType; settings: unknown }): Record<Direction, boolean>
  /** Whether news have to be fetched: from a mailbox, or beside what a provider pushes. */
  fetches(inbox: { channel: ChannelType; settings: unknown }): boolean
}

export function createChannels({
  policy,
  google = null,
  microsoft = null,
  meta = null,
  twilioOrigin = null,
}: ChannelConfig): Channels {
  const all: readonly Channel[] = [
    createEmail(policy),
    createGoogle(google, policy),
    createMicrosoft(microsoft, policy),
    createInstagram(meta, policy),
    createTwilio(policy, twilioOrigin),
    createWhatsAppCloud(meta, policy),
    createWidget(),
  ]
  const byType = new Map(all.map((channel) => [channel.type, channel]))
  function of(type: ChannelType): Channel {
    const channel = byType.get(type)
    if (channel === undefined) throw new Error(`There is no channel of type ${type}`)
    return channel
  }
  const directionsOf: Channels['directionsOf'] = ({ channel, settings }) => {
    const traits = of(channel).mail?.traitsOf(settings)
    return { receive: traits?.receives ?? true, send: traits?.sends ?? true }
  }
  return {
    all,
    of,
    directionsOf,
    fetches(inbox) {
      const { mail, pull } = of(inbox.channel)
      return Boolean(mail ?? pull) && directionsOf(inbox).receive
    },
  }
}
