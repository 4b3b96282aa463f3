// The visitor's session: begun when the app opens, begun anew when the server no longer knows it or
// the page names somebody else.
import { batch, signal } from '@preact/signals'
import { Away, ask, type Call, Ended, Refused } from './client.ts'
import { activateLocale, locale } from './i18n.ts'
import { keep, readKept } from './kept.ts'
import type { Identified, Mode, SessionAnswer, Widget } from './shapes.ts'

export const websiteToken = new URLSearchParams(location.search).get('website_token') ?? ''
const KEPT = `cloudchat/${websiteToken}/session`

export const widget = signal<Widget | undefined>(undefined)
export const mode = signal<Mode>('one')
/** A code of the API when there can be no session. */
export const refusal = signal<string | undefined>(undefined)

/** Tabs of one browser are one visitor: who logs out in one has left them all. */
const tabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel(KEPT) : undefined
tabs?.addEventListener('message', () => void end())

let token: string | undefined
let origin = ''
let pageLocale: string | null = null
let beginning: Promise<void> | undefined
let renewing: Promise<void> | undefined
/** Raised by every end: what an earlier visitor asked for is never done as a later one. */
let epoch = 0
let dropAll = () => {}
/** Said again when a new session had to be begun. */
let told: { identifier: string; facts: Record<string, unknown> } | undefined
let attributes: Record<string, unknown> = {}

/** Where the app is shown; before anything else. */
export function placed(at: { origin: string; locale: string | null }): void {
  origin = at.origin
  pageLocale = at.locale
}

/** `drop` takes away what the visitor wrote and saw, before the session ends. */
export function onEnd(drop: () => void): void {
  dropAll = drop
}

/** Resolves when there is a session, or `refusal` says why there is none. @throws Away */
export function begin(): Promise<void> {
  beginning ??= start().catch((error) => {
    beginning = undefined
    throw error
  })
  return beginning
}

async function start(): Promise<void> {
  const visitor = epoch
  try {
    token ??= readKept<string>(KEPT)
    const body = { website_token: websiteToken, origin }
    const answer = await ask<SessionAnswer>('/sessions', { body, token })
    await activateLocale(answer.widget.locale ?? pageLocale)
    if (visitor !== epoch) return begin()
    token = answer.token
    keep(KEPT, token)
    batch(() => {
      widget.value = answer.widget
      mode.value = answer.mode
      refusal.value = undefined
    })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    await activateLocale(pageLocale)
    refusal.value = error.code
  }
}

/** A call within the session; a lost one is begun anew, once. @throws Away, Ended, Refused */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const visitor = epoch
  const stay = () => {
    if (visitor !== epoch) throw new Ended(path)
  }
  const tell = () => {
    stay()
    return ask<T>(path, { ...options, ...authorization() }).finally(stay)
  }
  await (renewing ?? begin())
  const used = token
  try {
    return await tell()
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error
    // Once for all calls that were under way: what one of them writes next must stay this visitor's.
    if (token === used) renewing ??= renew().finally(() => (renewing = undefined))
    await renewing
    return tell()
  }
}

export const authorization = () => ({ token, locale: locale.value })

/** A fresh session that knows what the page told. */
async function renew(): Promise<void> {
  forget()
  await begin()
  if (told) await identify(told.identifier, told.facts)
  if (Object.keys(attributes).length > 0) await ask('/contact', patch(attributes))
}

function forget(): void {
  token = undefined
  keep(KEPT, undefined)
  beginning = undefined
}

/** The page has logged its user out. */
export function endSession(): Promise<void> {
  keep(KEPT, undefined)
  tabs?.postMessage('ended')
  return end()
}

async function end(): Promise<void> {
  const old = token
  epoch += 1
  dropAll()
  told = undefined
  attributes = {}
  // What is kept may be the next visitor's already: another tab has ended this one.
  token = beginning = undefined
  if (old) await ask('/session', { method: 'DELETE', token: old }).catch(() => {})
}

/** In a session of its own where this one is another visitor's. @throws Away */
export async function setUser(
  identifier: string,
  facts: Record<string, unknown>,
): Promise<Identified> {
  await begin()
  if (refusal.value) return rejected(refusal.value)
  const tell = async (): Promise<Identified> => {
    try {
      return await identify(identifier, facts)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.code !== 'another_visitor' && error.status !== 401) return rejected(error.code)
      await endSession()
      await begin()
      return identify(identifier, facts)
    }
  }
  const answer = await tell()
  if (answer.status !== 'rejected') {
    told = { identifier, facts }
    // What may be seen and what is still to be asked has changed with it.
    beginning = undefined
    await begin()
  }
  return answer
}

function identify(identifier: string, facts: Record<string, unknown>): Promise<Identified> {
  const { email, name, phone_number, identifier_hash, custom_attributes, ...others } = facts
  // What is no fact of ours may be an attribute of the account's.
  const custom = { ...others, ...(custom_attributes as object | undefined) }
  const body = { identifier, email, name, phone_number, identifier_hash, custom_attributes: custom }
  return ask<Identified>('/contact', { method: 'PUT', body, ...authorization() })
}

export async function setAttributes(more: Record<string, unknown>): Promise<void> {
  attributes = { ...attributes, ...more }
  await call('/contact', patch(more))
}

const patch = (custom_attributes: Record<string, unknown>): Call => ({
  method: 'PATCH',
  body: { custom_attributes },
  ...authorization(),
})

const rejected = (code: string): Identified => ({ status: 'rejected', code, hint: '' })

export { Away }
