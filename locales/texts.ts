// Server texts by code in the two languages, and which language a reader gets.
import { en } from './en.ts'
import { ptBr } from './pt-br.ts'
import type { ErrorCode, Locale, Text, Texts } from './shape.ts'

export type { ErrorCode, Locale, Text }

export const texts: Record<Locale, Texts> = { en, 'pt-BR': ptBr }

/** Text of an API error. */
export function errorText(code: ErrorCode, locale: Locale): Text {
  return texts[locale].errors[code]
}

/** Short texts by their name. */
export function phrasesIn(locale: Locale): Record<string, string> {
  return texts[locale].phrases
}

/** A text with what belongs in its braces. */
export function filled(text = '', values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '')
}

/** Text of a reason code; a code without one yields a neutral sentence. */
export function reasonText(reason: string, locale: Locale): Text {
  const known = texts[locale].reasons as Record<string, Text | undefined>
  return known[reason] ?? [texts[locale].phrases.unknown_reason, '']
}

/** The same where a person has to act, such as in front of a form: nothing is tried by itself. */
export function askingText(reason: string, locale: Locale): Text {
  const [message, remedy] = reasonText(reason, locale)
  return [message, RETRIED.has(reason) ? texts[locale].phrases.check_and_repeat : remedy]
}

/** Their remedies speak of our own next try. */
const RETRIED = new Set([
  'timeout',
  'connection_lost',
  'server_unavailable',
  'too_many_connections',
  'throttled',
  'over_quota',
  'command_refused',
  'search_refused',
  'login_refused',
  'unavailable',
  'unknown',
  'oauth_app_broken',
  'sign_in_throttled',
  'sign_in_unavailable',
])

/** The first language of an Accept-Language header (RFC 9110) that we have, by its weight. */
export function negotiateLocale(header: string | undefined, fallback: Locale): Locale {
  const wanted = (header ?? '')
    .split(',')
    .map((item) => {
      const [tag = '', ...parameters] = item.trim().toLowerCase().split(';')
      const weight = parameters.map((part) => /^\s*q=([\d.]+)/.exec(part)?.[1]).find(Boolean)
      return { tag: tag.trim(), weight: Number(weight ?? 1) }
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { tag } of wanted) {
    if (tag === 'pt' || tag.startsWith('pt-')) return 'pt-BR'
    if (tag === 'en' || tag.startsWith('en-')) return 'en'
  }
  return fallback
}
