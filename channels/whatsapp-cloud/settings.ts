// What is stored of a connected number, and the form of those who bring a token of their own.

import type { Connection } from '../channel.ts'
import { InvalidSettings } from '../errors.ts'

export interface WhatsAppSettings {
  /** E.164; the inbox's address. */
  number: string
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

/** @throws InvalidSettings naming the field */
export function readWhatsAppForm(form: unknown): WhatsAppConnection {
  const fields = (form ?? {}) as Record<string, unknown>
  const needed = (name: string, pattern: RegExp, reason: string): string => {
    const value = fields[name]
    const trimmed = typeof value === 'string' ? value.trim() : ''
    if (trimmed === '') throw new InvalidSettings(name, 'missing')
    if (!pattern.test(trimmed)) throw new InvalidSettings(name, reason)
    return trimmed
  }
  const number = `+${needed('phone_number', /^\+?[\d\s().-]{7,24}$/, 'not_e164').replace(/\D/g, '')}`
  if (!/^\+[1-9]\d{6,14}$/.test(number)) throw new InvalidSettings('phone_number', 'not_e164')
  return {
    settings: {
      number,
      phone_number_id: needed('phone_number_id', /^\d{5,20}$/, 'not_a_meta_id'),
      waba_id: needed('waba_id', /^\d{5,20}$/, 'not_a_meta_id'),
      coexistence: false,
    },
    credentials: {
      access_token: needed('access_token', /^[\x21-\x7e]{20,1000}$/, 'no_access_token'),
    },
  }
}
