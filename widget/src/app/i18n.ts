// The language of the app: the inbox's, else the page's, else the browser's.
import { setupI18n } from '@lingui/core'
import { signal } from '@preact/signals'
import { Away } from './client.ts'

export const LOCALES = ['pt-BR', 'en'] as const
export type Locale = (typeof LOCALES)[number]

export const i18n = setupI18n()
/** Read by whoever shows a text, so that a change is seen. */
export const locale = signal<Locale | undefined>(undefined)

const catalogs: Record<Locale, () => Promise<{ messages: Record<string, string> }>> = {
  'pt-BR': () => import('../../locales/pt-BR.po'),
  en: () => import('../../locales/en.po'),
}

/** The nearest language we have to a tag of the page. @throws Away */
export async function activateLocale(wanted: string | null): Promise<void> {
  const tag = wanted || navigator.language
  const next: Locale = /^en\b/i.test(tag) ? 'en' : 'pt-BR'
  if (locale.value === next) return
  const { messages } = await catalogs[next]().catch((error) => {
    throw new Away(String(error))
  })
  i18n.loadAndActivate({ locale: next, messages })
  document.documentElement.lang = next
  locale.value = next
}
