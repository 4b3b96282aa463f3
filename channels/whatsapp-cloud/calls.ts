// Calls to the Cloud API for one number: sending, its account, its files.
// https://developers.facebook.com/docs/whatsapp/cloud-api

import { GraphError } from '../../protocols/graph/graph-error.ts'
import type { SendHooks, Share } from '../channel.ts'
import { ChannelError } from '../errors.ts'
import type { MetaAccess } from '../meta/access.ts'
import { type Calling, calling, callingOnce, type Meaning } from '../meta/errors.ts'
import { list, object, text } from '../meta/webhook.ts'
import { payloadOf, type WhatsAppMessage } from './payload.ts'
import { reasonOf } from './refusal-codes.ts'
import type { WhatsAppConnection, WhatsAppSettings } from './settings.ts'

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

/** What Meta tells of the number that settings mean. */
export type FoundNumber = Pick<WhatsAppSettings, 'number' | 'phone_number_id' | 'coexistence'>

/**
 * The account's number that the settings mean; where they name none, the only one there is.
 * @throws ChannelError `number_not_in_account`, `number_not_on_phone` after a sign-up,
 * `number_not_served` when it is not the Cloud API's any more
 */
export async function findNumber(
  access: MetaAccess,
  connection: WhatsAppConnection,
): Promise<FoundNumber> {
  const { number, phone_number_id, coexistence } = connection.settings
  const named = (await listNumbers(access, connection)).filter(
    (one) =>
      (number === '' || one.number === number) &&
      (phone_number_id === '' || one.id === phone_number_id),
  )
  if (named.length === 0) throw refused('number_not_in_account')
  const meant = named.filter(({ onPhone }) => onPhone || !coexistence)
  if (meant.length === 0) throw refused('number_not_on_phone')
  const [only, ...others] = meant
  // Which of them is meant is for no one to guess.
  if (only === undefined || others.length > 0) throw refused('number_not_in_account')
  if (!only.served) throw refused('number_not_served')
  return { number: only.number, phone_number_id: only.id, coexistence: only.onPhone }
}

interface ListedNumber {
  id: string
  /** E.164. */
  number: string
  /** The phone's Business app uses it too. */
  onPhone: boolean
  /** By the Cloud API. */
  served: boolean
}

async function listNumbers(
  access: MetaAccess,
  connection: WhatsAppConnection,
): Promise<ListedNumber[]> {
  const path = `${connection.settings.waba_id}/phone_numbers`
  const fields = 'id,display_phone_number,is_on_biz_app,platform_type'
  const body = await ask(access, connection, 'GET', path, { fields, limit: '100' })
  return list(body.data).map((one) => ({
    id: text(one.id),
    number: `+${text(one.display_phone_number).replace(/\D/g, '')}`,
    onPhone: one.is_on_biz_app === true,
    served: text(one.platform_type) === 'CLOUD_API',
  }))
}

const refused = (reason: string) => new ChannelError('ActionRequired', { reason })

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

const SYNC_TYPES: Record<Share, string> = { contacts: 'smb_app_state_sync', history: 'history' }

/**
 * Asks the phone to share; its webhooks bring it. Meta takes each question once, and for a day after
 * the number was connected.
 * @throws ChannelError
 */
export async function askPhone(
  access: MetaAccess,
  connection: WhatsAppConnection,
  share: Share,
): Promise<'asked' | 'refused'> {
  const context = numberContext(access, connection)
  return calling(context, async () => {
    try {
      await access.graph.call({
        method: 'POST',
        path: `${connection.settings.phone_number_id}/smb_app_data`,
        token: context.token,
        body: { messaging_product: 'whatsapp', sync_type: SYNC_TYPES[share] },
      })
      return 'asked'
    } catch (error) {
      const answer = error instanceof GraphError ? SHARE_ANSWERS.get(error.code) : undefined
      if (answer === undefined) throw error
      return answer
    }
  })
}

/** It was asked for; the day is over; no phone has a part in the number. */
const SHARE_ANSWERS = new Map<number, 'asked' | 'refused'>([
  [2_593_107, 'asked'],
  [2_593_108, 'refused'],
  [100, 'refused'],
])

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
