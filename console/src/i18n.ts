// The language of the console: what the reader chose, else the browser's, else Portuguese.
import { setupI18n } from '@lingui/core'

export const LOCALES = ['pt-BR', 'en'] as const
export type Locale = (typeof LOCALES)[number]

export const i18n = setupI18n()
const KEPT = 'cloudchat.locale'

const catalogs: Record<Locale, () => Promise<{ messages: Record<string, string> }>> = {
  'pt-BR': () => import('../locales/pt-BR.po'),
  en: () => import('../locales/en.po'),
}

export function preferredLocale(): Locale {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'pt-BR' || kept === 'en') return kept
  const wanted = navigator.languages.find((tag) => /^(pt|en)\b/i.test(tag))
  return wanted?.toLowerCase().startsWith('en') ? 'en' : 'pt-BR'
}

export async function activateLocale(locale: Locale): Promise<void> {
  const { messages } = await catalogs[locale]()
  i18n.loadAndActivate({ locale, messages })
  document.documentElement.lang = locale
}

/** Also kept for the next visit of this browser. */
export async function chooseLocale(locale: Locale): Promise<void> {
  localStorage.setItem(KEPT, locale)
  await activateLocale(locale)
}
