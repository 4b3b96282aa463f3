// Where a WhatsApp sender's webhooks lead, read and written through the Senders API.
// https://www.twilio.com/docs/whatsapp/api/senders

import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelsSenderInstance } from 'twilio/lib/rest/messaging/v2/channelsSender.js'
import { ChannelError } from '../errors.ts'
import type { TwilioAccess } from './client.ts'
import { calling } from './errors.ts'
import { whatsappAddress } from './phone-numbers.ts'
import type { CallbackState, TwilioConnection } from './settings.ts'

/** Changes are applied a while after they are accepted. */
const CONFIRM_TRIES = 15
const CONFIRM_EVERY_MS = 2_000

/** On the wire the names are these; the package's types say otherwise and its code sends what it gets. */
interface WireWebhook {
  callback_url: string
  callback_method: string
  fallback_url?: string
  fallback_method?: string
  status_callback_url?: string
  status_callback_method?: string
}

/**
 * The sender of the inbox's number; undefined where this API does not reach it.
 * @throws ChannelError
 */
export async function findSender(
  access: TwilioAccess,
  connection: TwilioConnection,
): Promise<ChannelsSenderInstance | undefined> {
  const wanted = whatsappAddress(connection.settings.number)
  const { channelsSenders } = access.account(connection).messaging.v2
  try {
    const senders = await calling(access, connection, () =>
      channelsSenders.list({ channel: 'whatsapp', pageSize: 100 }),
    )
    return senders.find(({ senderId }) => senderId === wanted)
  } catch (error) {
    // Some accounts may not use it. What is wrong with the account itself was asked before.
    if (error instanceof ChannelError && error.details.reason === 'command_refused')
      return undefined
    throw error
  }
}

/** What is there now, to be remembered before it is overwritten. @throws ChannelError */
export async function readCallback(
  access: TwilioAccess,
  connection: TwilioConnection,
  ours: string,
): Promise<CallbackState> {
  const sender = await findSender(access, connection)
  if (!sender) return { state: 'manual' }
  const { callbackUrl = '', callbackMethod, fallbackUrl } = sender.webhook ?? {}
  const before = connection.settings.callback?.previous
  const previous =
    callbackUrl === null || callbackUrl === '' || isOurs(callbackUrl, ours)
      ? before
      : {
          callback_url: callbackUrl,
          callback_method: callbackMethod ?? 'POST',
          fallback_url: fallbackUrl ?? '',
        }
  return { state: 'pending', sender_sid: sender.sid, previous }
}

/**
 * Leads the sender's webhooks to `ours` and waits until Twilio says so itself.
 * @throws ChannelError, `callback_not_confirmed` when it does not within half a minute
 */
export async function setCallback(
  access: TwilioAccess,
  connection: TwilioConnection,
  ours: string,
): Promise<void> {
  await writeCallback(access, connection, {
    // Without these Twilio asks once, and what we miss then only a listing brings.
    callback_url: `${ours}#rc=3&rp=all`,
    callback_method: 'POST',
    fallback_url: ours,
    fallback_method: 'POST',
  })
  const sender = senderOf(access, connection)
  for (let tries = 0; tries < CONFIRM_TRIES; tries++) {
    const { webhook } = await calling(access, connection, () => sender.fetch())
    if (isOurs(webhook?.callbackUrl ?? '', ours)) return
    await sleep(CONFIRM_EVERY_MS)
  }
  throw new ChannelError('Unavailable', { reason: 'callback_not_confirmed' })
}

/** Puts back what was there, unless somebody has changed it since. @throws ChannelError */
export async function restoreCallback(
  access: TwilioAccess,
  connection: TwilioConnection,
  ours: string,
): Promise<void> {
  const { callback } = connection.settings
  if (!callback?.sender_sid) return
  const sender = senderOf(access, connection)
  const { webhook } = await calling(access, connection, () => sender.fetch())
  if (!isOurs(webhook?.callbackUrl ?? '', ours)) return
  const { callback_url = '', callback_method = 'POST', fallback_url = '' } = callback.previous ?? {}
  await writeCallback(access, connection, { callback_url, callback_method, fallback_url })
}

/** Read, change, write: what else the sender is set up with stays. */
async function writeCallback(
  access: TwilioAccess,
  connection: TwilioConnection,
  change: WireWebhook,
): Promise<void> {
  const sender = senderOf(access, connection)
  const { webhook } = await calling(access, connection, () => sender.fetch())
  const kept: Partial<WireWebhook> = webhook?.statusCallbackUrl
    ? {
        status_callback_url: webhook.statusCallbackUrl,
        status_callback_method: webhook.statusCallbackMethod ?? 'POST',
      }
    : {}
  const body = { webhook: { ...kept, ...change } }
  type Body = NonNullable<Parameters<typeof sender.update>[0]>
  await calling(access, connection, () => sender.update(body as Body))
}

function senderOf(access: TwilioAccess, connection: TwilioConnection) {
  const sid = connection.settings.callback?.sender_sid ?? ''
  return access.account(connection).messaging.v2.channelsSenders(sid)
}

/** The parameters of retries are no part of the address. */
function isOurs(url: string, ours: string): boolean {
  return url.split('#')[0] === ours
}
