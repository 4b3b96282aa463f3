// What an administrator chooses about a widget, checked and with its defaults.

import { randomBytes } from 'node:crypto'
import { InvalidSettings } from '../errors.ts'
import { domainRule } from './domains.ts'
import type { IdentityToken } from './identity.ts'

/** A question before the conversation begins. */
export interface PreChatField {
  /** What it fills: `name`, `email`, `phone_number` of the contact, or a custom attribute's key. */
  attribute: string
  target: 'contact' | 'conversation'
  label: string
  type: 'text' | 'email' | 'phone' | 'number' | 'date' | 'list' | 'checkbox'
  required: boolean
  /** Of a list. */
  options: string[]
}

/** Opening times of one day of the week, 0 is Sunday; `HH:MM`, the end excluded. */
export interface OpenDay {
  day: number
  from: string
  to: string
}

export interface WidgetSettings {
  /** Public: it is part of every page of the site. */
  website_token: string
  /** Empty: any site. */
  domains: string[]
  /** Whether the site's back end vouches for its users: never, where it does, or always. */
  identity_validation: 'off' | 'optional' | 'required'
  multiple_conversations: boolean
  /** A verified visitor also sees conversations of the same contact on other channels. */
  history_of_all_channels: boolean
  welcome_title: string
  welcome_text: string
  /** `#rrggbb` */
  colour: string
  position: 'left' | 'right'
  /** Null: the page's own language. */
  locale: 'pt-BR' | 'en' | null
  pre_chat_fields: PreChatField[]
  business_hours: { time_zone: string; days: OpenDay[]; away_text: string } | null
}

export interface WidgetCredentials {
  identity_tokens: IdentityToken[]
}

export type WidgetEdit = {
  [K in keyof Omit<WidgetSettings, 'website_token'>]?: WidgetSettings[K] | undefined
}

const DEFAULTS: Omit<WidgetSettings, 'website_token'> = {
  domains: [],
  identity_validation: 'off',
  multiple_conversations: false,
  history_of_all_channels: false,
  welcome_title: '',
  welcome_text: '',
  colour: '#1f5eff',
  position: 'right',
  locale: null,
  pre_chat_fields: [],
  business_hours: null,
}

export function newWebsiteToken(): string {
  return randomBytes(18).toString('base64url')
}

/** The settings after an edit. @throws InvalidSettings */
export function widgetSettings(
  stored: Pick<WidgetSettings, 'website_token'> & Partial<WidgetSettings>,
  edit: WidgetEdit,
): WidgetSettings {
  const given = Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined))
  const settings: WidgetSettings = { ...DEFAULTS, ...stored, ...given }
  settings.domains = [...new Set(settings.domains.filter((one) => one.trim() !== ''))].map(
    (written, at) => {
      const rule = domainRule(written)
      if (rule === undefined) throw new InvalidSettings(`domains.${at}`, 'not_a_domain')
      return rule
    },
  )
  const { identity_validation, multiple_conversations, history_of_all_channels } = settings
  if (multiple_conversations && identity_validation === 'off') {
    throw new InvalidSettings('multiple_conversations', 'needs_identity_validation')
  }
  if (history_of_all_channels && !multiple_conversations) {
    throw new InvalidSettings('history_of_all_channels', 'needs_multiple_conversations')
  }
  settings.pre_chat_fields.forEach(({ type, options }, at) => {
    if (type === 'list' && options.length === 0) {
      throw new InvalidSettings(`pre_chat_fields.${at}.options`, 'missing')
    }
  })
  const hours = settings.business_hours
  if (hours) {
    if (!isTimeZone(hours.time_zone)) {
      throw new InvalidSettings('business_hours.time_zone', 'not_a_time_zone')
    }
    hours.days.forEach(({ from, to }, at) => {
      if (from >= to) throw new InvalidSettings(`business_hours.days.${at}.to`, 'not_after_from')
    })
  }
  return settings
}

/** An IANA zone this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Whether somebody is there now; always, without business hours. */
export function isOpen({ business_hours: hours }: WidgetSettings, now: Date): boolean {
  if (!hours) return true
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: hours.time_zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(part('weekday'))
  const time = `${part('hour')}:${part('minute')}`
  return hours.days.some((open) => open.day === day && open.from <= time && time < open.to)
}
