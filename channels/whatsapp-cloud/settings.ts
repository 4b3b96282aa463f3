// What is stored of a connected number, and what people bring to connect one: a token, or the code of
// Meta's popup.

import type { Connection } from '../channel.ts'
import { InvalidSettings } from '../errors.ts'

export interface WhatsAppSettings {
  /** E.164; the inbox's address. Empty after a sign-up, until Meta has told it. */
  number: string
  /** Empty as the number is. */
  phone_number_id: string
  waba_id: string
  /** The number is also used in the WhatsApp Business app. */
  coexistence: boolean
}

export interface WhatsAppCredentials {
  access_token: string
}

export type WhatsAppConnection = Connection<WhatsAppSettings, WhatsAppCredentials>

/** The ids by which webhooks name the inbox. */
export function providerIdsOf({ phone_number_id, waba_id }: WhatsAppSettings): string[] {
  return [phone_number_id, waba_id]
}

/** Of those who bring a token. @throws InvalidSettings naming the field */
export function readWhatsAppForm(form: unknown): WhatsAppConnection {
  const needed = fieldsOf(form)
  const number = `+${needed('phone_number', /^\+?[\d\s().-]{7,24}$/, 'not_e164').replace(/\D/g, '')}`
  if (!/^\+[1-9]\d{6,14}$/.test(number)) throw new InvalidSettings('phone_number', 'not_e164')
  return {
    settings: {
      number,
      phone_number_id: needed('phone_number_id', META_ID, 'not_a_meta_id'),
      waba_id: needed('waba_id', META_ID, 'not_a_meta_id'),
      coexistence: false,
    },
    credentials: {
      access_token: needed('access_token', /^[\x21-\x7e]{20,1000}$/, 'no_access_token'),
    },
  }
}

/** What Embedded Signup brings. */
export interface SignedUp {
  settings: WhatsAppSettings
  /** Lives about half a minute, and is good for once. */
  code: string
}

/**
 * Of the popup for users of the Business app, which tells the account and mostly no number.
 * @param number of an inbox that is connected again
 * @throws InvalidSettings naming the field
 */
export function readSignUp(form: unknown, number = ''): SignedUp {
  const needed = fieldsOf(form)
  const { phone_number_id } = (form ?? {}) as Record<string, unknown>
  const isNamed = phone_number_id !== undefined && phone_number_id !== null
  return {
    settings: {
      number,
      phone_number_id: isNamed ? needed('phone_number_id', META_ID, 'not_a_meta_id') : '',
      waba_id: needed('waba_id', META_ID, 'not_a_meta_id'),
      coexistence: true,
    },
    code: needed('code', /^[\x21-\x7e]{1,4000}$/, 'code_refused'),
  }
}

const META_ID = /^\d{5,20}$/

function fieldsOf(form: unknown) {
  const fields = (form ?? {}) as Record<string, unknown>
  return (name: string, pattern: RegExp, reason: string): string => {
    const value = fields[name]
    const trimmed = typeof value === 'string' ? value.trim() : ''
    if (trimmed === '') throw new InvalidSettings(name, 'missing')
    if (!pattern.test(trimmed)) throw new InvalidSettings(name, reason)
    return trimmed
  }
}
