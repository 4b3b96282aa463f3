// What our own page says in front of a sign-in: who is connected to what, and what to do there.
import type { OAuthConnect } from '../channels/channel.ts'
import type { ChannelType } from '../domain/inbox.ts'
import { filled, type Locale, phrasesIn, reasonText } from '../locales/texts.ts'
import type { Page } from './sign-in-page.ts'

/** An inbox that does not exist yet has neither name nor address. */
export interface Named {
  address: string
  inbox: string
  account: string
}

export interface Asked {
  channel: ChannelType
  settings: object
  connect: OAuthConnect
  notices: string[]
}

export function consentPage(named: Named, asked: Asked, locale: Locale, url: string): Page {
  const say = phrasesIn(locale)
  const provider = say[`provider_${asked.channel}`] ?? asked.channel
  const fill = (phrase: string | undefined, more: Record<string, string> = {}) =>
    filled(phrase, { ...named, provider, ...more })
  const told = [...asked.notices, ...(asked.connect.advice ?? [])]
  return {
    title: fill(named.inbox ? say.sign_in_title : say.sign_in_page_title),
    lines: [
      ...linesOf(named, asked).map(([key, more]) => fill(say[key], more)),
      ...told.map((code) => reasonText(code, locale).join(' ')),
      say.sign_in_careful ?? '',
    ],
    button: { label: fill(say.sign_in_button), url },
  }
}

function linesOf(
  { inbox }: Named,
  { connect, settings }: Asked,
): [key: string, more?: Record<string, string>][] {
  if (connect.choice) return [[inbox ? 'sign_in_same_page' : 'sign_in_new_page']]
  return [['sign_in_what'], ['sign_in_account', { person: personOf(settings) }]]
}

/** Who has to sign in: of a shared mailbox the one who may open it. */
function personOf(settings: object): string {
  const { address, delegate_login } = settings as { address: string; delegate_login?: string }
  return delegate_login ?? address
}
