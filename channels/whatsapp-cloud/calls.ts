// Calls to the Cloud API for one number: sending, its account, its files.
// https://developers.facebook.com/docs/whatsapp/cloud-api

import type { GraphError } from '../../protocols/graph/graph-error.ts'
import type { SendHooks } from '../channel.ts'
import { ChannelError } from '../errors.ts'
import type { MetaAccess } from '../meta/access.ts'
import { type Calling, calling, callingOnce, type Meaning } from '../meta/errors.ts'
import { list, object, text } from '../meta/webhook.ts'
import { payloadOf, type WhatsAppMessage } from './payload.ts'
import { reasonOf } from './refusal-codes.ts'
import type { WhatsAppConnection } from './settings.ts'

/** Kinds that are special to WhatsApp; the rest is as everywhere at Meta. */
function whatsAppMeaning({ code, retryAfterMs }: GraphError): Meaning | undefined {
  // One message in six seconds to one contact, with bursts that are paid back.
  if (code === 131_056) {
    return { kind: 'RateLimited', reason: 'sending_limit', retryAfterMs: retryAfterMs ?? 6_000 }
  }
  if ([131_000, 131_016, 133_004].includes(code)) {
    return { kind: 'Unavailable', reason: 'server_unavailable', retryAfterMs }
  }
  if ([131_031, 131_045, 133_010].includes(code)) {
    return { kind: 'ActionRequired', reason: 'whatsapp_disabled' }
  }
  if (code === 131_048) {
    return { kind: 'RateLimited', reason: 'sending_limit', retryAfterMs: 3_600_000 }
  }
  if (code >= 131_000 && code < 134_000) return { kind: 'MessageRejected', reason: reasonOf(code) }
  return undefined
}

export function numberContext(
  { graph }: MetaAccess,
  { credentials }: WhatsAppConnection,
): Calling & { token: string } {
  return { graph, token: credentials.access_token, own: whatsAppMeaning }
}

/** @throws ChannelError when it certainly did not go out, AmbiguousSend when it may have */
export async function sendWhatsApp(
  access: MetaAccess,
  connection: WhatsAppConnection,
  message: WhatsAppMessage,
  hooks: SendHooks,
): Promise<{ externalId: string }> {
  const context = numberContext(access, connection)
  await hooks.onTransmitting()
  const { body } = await callingOnce(context, () =>
    access.graph.call({
      method: 'POST',
      path: `${connection.settings.phone_number_id}/messages`,
      token: context.token,
      body: payloadOf(message),
    }),
  )
  return { externalId: text(list(body.messages)[0]?.id) }
}

export interface ListedNumber {
  id: string
  /** E.164. */
  number: string
  name: string
}

/** Numbers of the account. @throws ChannelError */
export async function listNumbers(
  access: MetaAccess,
  connection: WhatsAppConnection,
): Promise<ListedNumber[]> {
  const path = `${connection.settings.waba_id}/phone_numbers`
  const query = { fields: 'id,display_phone_number,verified_name', limit: '100' }
  const body = await ask(access, connection, 'GET', path, query)
  return list(body.data).map((one) => ({
    id: text(one.id),
    number: `+${text(one.display_phone_number).replace(/\D/g, '')}`,
    name: text(one.verified_name),
  }))
}

/** @throws ChannelError `number_not_in_account` unless the number is the account's */
export async function proveNumber(
  access: MetaAccess,
  connection: WhatsAppConnection,
): Promise<void> {
  const { phone_number_id, number } = connection.settings
  const numbers = await listNumbers(access, connection)
  const own = numbers.find(({ id }) => id === phone_number_id)
  if (own?.number !== number) {
    throw new ChannelError('ActionRequired', { reason: 'number_not_in_account' })
  }
}

/** Whether the phone's app uses the number too. @throws ChannelError */
export async function isOnPhone(
  access: MetaAccess,
  connection: WhatsAppConnection,
): Promise<boolean> {
  const path = connection.settings.phone_number_id
  const body = await ask(access, connection, 'GET', path, { fields: 'is_on_biz_app,platform_type' })
  return body.is_on_biz_app === true
}

/** True: Meta did not tell us of this account, and does again. @throws ChannelError */
export async function ensureSubscribed(
  access: MetaAccess,
  connection: WhatsAppConnection,
): Promise<boolean> {
  const path = `${connection.settings.waba_id}/subscribed_apps`
  const apps = list((await ask(access, connection, 'GET', path)).data)
  const isOurs = (app: Record<string, unknown>) =>
    text(object(app.whatsapp_business_api_data).id) === access.app.appId
  if (apps.some(isOurs)) return false
  await ask(access, connection, 'POST', path)
  return true
}

/** @throws ChannelError */
export async function unsubscribe(
  access: MetaAccess,
  connection: WhatsAppConnection,
): Promise<void> {
  await ask(access, connection, 'DELETE', `${connection.settings.waba_id}/subscribed_apps`)
}

/** What the phone shares once, within a day after it was connected: first its contacts. */
export type PhoneShare = 'smb_app_state_sync' | 'history'

/**
 * Asks the phone to share; its webhooks bring it. A second time Meta refuses, which is as good.
 * @throws ChannelError
 */
export async function askPhone(
  access: MetaAccess,
  connection: WhatsAppConnection,
  share: PhoneShare,
): Promise<void> {
  const context = numberContext(access, connection)
  await calling(context, () =>
    access.graph.call({
      method: 'POST',
      path: `${connection.settings.phone_number_id}/smb_app_data`,
      token: context.token,
      body: { messaging_product: 'whatsapp', sync_type: share },
    }),
  )
}

/** Where a file lies for the next five minutes; undefined when it is gone. @throws ChannelError */
export async function locateFile(
  access: MetaAccess,
  connection: WhatsAppConnection,
  id: string,
): Promise<string | undefined> {
  const context = { ...numberContext(access, connection), own: goneFile }
  const { phone_number_id } = connection.settings
  try {
    const { body } = await calling(context, () =>
      access.graph.call({
        path: encodeURIComponent(id),
        token: context.token,
        query: { phone_number_id },
      }),
    )
    return text(body.url) || undefined
  } catch (error) {
    if (error instanceof ChannelError && error.kind === 'MessageRejected') return undefined
    throw error
  }
}

/** Ids of files live for a week. */
function goneFile({ code }: GraphError): Meaning | undefined {
  return code === 100 ? { kind: 'MessageRejected', reason: 'media_not_fetched' } : undefined
}

async function ask(
  access: MetaAccess,
  connection: WhatsAppConnection,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  query: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const context = numberContext(access, connection)
  const { body } = await calling(context, () =>
    access.graph.call({ method, path, token: context.token, query }),
  )
  return body
}
