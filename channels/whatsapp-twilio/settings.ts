// The connect form: name and number, Account SID, Auth Token, and optionally an API key to send with.

import type { Connection } from '../channel.ts'
import { InvalidSettings } from '../errors.ts'

export interface TwilioSettings {
  /** E.164; the inbox's address. */
  number: string
  account_sid: string
  /** Sends with this key instead of the Auth Token. */
  api_key_sid?: string | undefined
  callback?: CallbackState | undefined
}

/** Where the sender's webhooks lead, as far as the Senders API lets us say so. */
export interface CallbackState {
  /** `manual`: this API does not reach the sender, so a person pastes the address. */
  state: 'set' | 'pending' | 'manual'
  sender_sid?: string | undefined
  /** What was there before us, put back when the inbox is disconnected. */
  previous?: { callback_url: string; callback_method: string; fallback_url: string } | undefined
}

export interface TwilioCredentials {
  auth_token: string
  /** Of before the last rotation: Twilio signs with it until the new one is promoted there. */
  previous_auth_token?: string | undefined
  /** ISO-8601; a token is often rotated because somebody else has it. */
  previous_accepted_until?: string | undefined
  api_key_secret?: string | undefined
}

export type TwilioConnection = Connection<TwilioSettings, TwilioCredentials>

/** An address of before us may hold a password or a token of somebody else's system. */
export function shownTwilioSettings(settings: TwilioSettings): TwilioSettings {
  const { callback } = settings
  if (!callback?.previous) return settings
  const { callback_url, callback_method, fallback_url } = callback.previous
  const previous = {
    callback_url: placeOf(callback_url),
    callback_method,
    fallback_url: placeOf(fallback_url),
  }
  return { ...settings, callback: { ...callback, previous } }
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return ''
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

/** @throws InvalidSettings naming the field */
export function readTwilioForm(form: unknown): TwilioConnection {
  const fields = (form ?? {}) as Record<string, unknown>
  const text = (name: string) => {
    const value = fields[name]
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value !== 'string') throw new InvalidSettings(name, 'not_text')
    return value.trim()
  }
  const needed = (name: string, pattern: RegExp, reason: string) => {
    const value = text(name)
    if (value === undefined) throw new InvalidSettings(name, 'missing')
    if (!pattern.test(value)) throw new InvalidSettings(name, reason)
    return value
  }
  const number = (text('phone_number') ?? '').replace(/[\s().-]/g, '')
  if (number === '') throw new InvalidSettings('phone_number', 'missing')
  if (!/^\+[1-9]\d{6,14}$/.test(number)) throw new InvalidSettings('phone_number', 'not_e164')
  const keySid = text('api_key_sid')
  if (keySid !== undefined) needed('api_key_sid', /^SK[0-9a-fA-F]{32}$/, 'not_an_api_key_sid')
  const keySecret = text('api_key_secret')
  if (keySid !== undefined && keySecret === undefined) {
    throw new InvalidSettings('api_key_secret', 'missing')
  }
  return {
    settings: {
      number,
      account_sid: needed('account_sid', /^AC[0-9a-fA-F]{32}$/, 'not_an_account_sid'),
      ...(keySid === undefined ? {} : { api_key_sid: keySid }),
    },
    credentials: {
      // Also with an API key: only the Auth Token signs webhooks.
      auth_token: needed('auth_token', /^[\x21-\x7e]{16,128}$/, 'not_an_auth_token'),
      ...(keySid === undefined ? {} : { api_key_secret: keySecret }),
    },
  }
}
