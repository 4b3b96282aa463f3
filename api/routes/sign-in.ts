// The browser's part of a sign-in: our own page, which names what is connected and binds the browser,
// and the callback, which the provider sends it back to. Neither takes a key.
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findAccount } from '../../db/accounts.ts'
import { deleteDraft, readDraft } from '../../db/connect-drafts.ts'
import { type FoundConsent, findConsent, takeConsent } from '../../db/consents.ts'
import { findInbox } from '../../db/inboxes.ts'
import { askInbox } from '../../db/outbox.ts'
import {
  askingText,
  errorText,
  type Locale,
  negotiateLocale,
  reasonText,
  texts,
} from '../../locales/texts.ts'
import { isSignatureOf, signatureOf } from '../../storage/signatures.ts'
import type { ConsentDraft } from '../consents.ts'
import type { App, Deps } from '../context.ts'
import { cookieOf, sendCookie } from '../cookies.ts'
import { toApiError } from '../errors.ts'
import { inboxUpdate } from '../inbox-update.ts'
import { Type } from '../schemas.ts'
import { failurePage, type Page, sendPage } from '../sign-in-page.ts'

const State = Type.String({ minLength: 43, maxLength: 43, pattern: '^[\\w-]+$' })
const Back = Type.Object({
  state: Type.String({ maxLength: 200, default: '' }),
  code: Type.String({ maxLength: 4000, default: '' }),
  error: Type.String({ maxLength: 200, default: '' }),
})

/** Pages one address may open in a minute: a state cannot be guessed, and need not be tried. */
const rateLimit = { max: 30, timeWindow: '1 minute' }

export function signInRoutes(app: App, deps: Deps): void {
  const { db, vault, config, channels } = deps

  app.get(
    '/connect/:state',
    { config: { rateLimit }, schema: { hide: true, params: Type.Object({ state: State }) } },
    async (request, reply) => {
      const { state } = request.params
      const found = await findConsent(db, vault, state)
      const named = found && (await namesOf(found))
      const locale = localeFor(request, named?.locale)
      if (!found || !named) return ended(reply, locale)
      const { consent, settings, channel } = found.content as ConsentDraft
      const { connect, notices } = channels.of(channel)
      if (connect.kind !== 'oauth' || !connect.configured) return ended(reply, locale)
      bindBrowser(reply, state, found.expiresAt)
      const say = phrasesIn(locale)
      const provider = say[`provider_${channel}`] ?? channel
      const page: Page = {
        title: filled(say.sign_in_title, { address: named.address }),
        lines: [
          filled(say.sign_in_what, { ...named, provider }),
          filled(say.sign_in_account, { person: personOf(settings), provider }),
          ...(notices?.() ?? []).map((code) => reasonText(code, locale).join(' ')),
          say.sign_in_careful ?? '',
        ],
        button: {
          label: filled(say.sign_in_button, { provider }),
          url: await connect.authorizationUrl(settings, consent),
        },
      }
      return sendPage(reply, 200, locale, page)
    },
  )

  // Absent where only the document of the API is made.
  for (const channel of channels?.all ?? []) {
    if (channel.connect.kind !== 'oauth') continue
    app.get(
      `/oauth/${channel.type}/callback`,
      { config: { rateLimit }, schema: { hide: true, querystring: Back } },
      async (request, reply) => {
        const { state, code, error } = request.query
        const found = await findConsent(db, vault, state)
        const draft = found?.content as ConsentDraft | undefined
        const locale = localeFor(request)
        // A state of another provider, or one that another browser began, proves nothing.
        const known = found && draft && draft.channel === channel.type && isBound(request, state)
        if (!known) return ended(reply, locale)
        unbindBrowser(reply, state)
        const { consent, settings, actorUserId, returnUrl } = draft
        const kept = { consent, settings, actorUserId, ...(code ? { code } : {}) }
        if (!(await takeConsent(db, vault, state, found, kept))) return ended(reply, locale)
        const outcome = code
          ? await connected(found, locale)
          : await given(
              found,
              error === 'access_denied' ? 'consent_denied' : 'consent_failed',
              locale,
            )
        if (returnUrl === null) return sendPage(reply, outcome.status, locale, outcome.page)
        const back = new URL(returnUrl)
        back.searchParams.set('inbox_id', String(found.inboxId))
        back.searchParams.set('result', outcome.result)
        return reply.header('referrer-policy', 'no-referrer').redirect(back.href, 303)
      },
    )
  }

  interface Outcome {
    status: number
    /** `connected`, or the reason why not. */
    result: string
    page: Page
  }

  /** The inbox's workflow trades the code and proves the mailbox; what it refuses changes nothing. */
  async function connected(found: FoundConsent, locale: Locale): Promise<Outcome> {
    const { accountId, inboxId, draftId } = found
    const say = phrasesIn(locale)
    try {
      await inboxUpdate(deps, { accountId, inboxId }, 'reconnect', { draftId }, locale)
      const names = await namesOf(found)
      const lines = [
        filled(say.sign_in_done, { address: names?.address ?? '' }),
        say.close_window ?? '',
      ]
      return {
        status: 200,
        result: 'connected',
        page: { title: say.sign_in_done_title ?? '', lines },
      }
    } catch (error) {
      const { code, details, statusCode: status = 500 } = toApiError(error as Error)
      const { reason } = (details ?? {}) as { reason?: string }
      if (reason === undefined) {
        // Temporal is away or slow: the inbox itself will say how it went.
        return { status, result: code, page: failurePage(locale, errorText(code, locale)) }
      }
      const more = reason === 'wrong_account' ? await whoSignedIn(found, locale) : []
      await deleteDraft(db, accountId, draftId)
      const page = failurePage(locale, askingText(reason, locale), more)
      return { status: 422, result: reason, page }
    }
  }

  async function given(found: FoundConsent, reason: string, locale: Locale): Promise<Outcome> {
    await deleteDraft(db, found.accountId, found.draftId)
    await askInbox(db, found, 'changed')
    const page = failurePage(locale, askingText(reason, locale))
    return { status: 422, result: reason, page }
  }

  /** Both names, for the one person who signed in: they stand in no history and no log. */
  async function whoSignedIn(found: FoundConsent, locale: Locale): Promise<string[]> {
    const draft = (await readDraft(db, vault, found, found.draftId)) as { signedInAs?: string }
    const names = await namesOf(found)
    if (!draft?.signedInAs || !names) return []
    return [filled(phrasesIn(locale).wrong_account_names, { ...names, other: draft.signedInAs })]
  }

  async function namesOf({ accountId, inboxId }: FoundConsent) {
    const [inbox, account] = await Promise.all([
      findInbox(db, accountId, inboxId),
      findAccount(db, accountId),
    ])
    if (!inbox || !account || inbox.phase === 'disconnected') return undefined
    const { name, address } = inbox
    return { address, inbox: name, account: account.name, locale: account.locale }
  }

  function ended(reply: FastifyReply, locale: Locale) {
    return sendPage(reply, 410, locale, failurePage(locale, askingText('sign_in_ended', locale)))
  }

  // The value is known to whoever opened the page, and to nobody who was only sent the provider's.
  function bindBrowser(reply: FastifyReply, state: string, expires: Date): void {
    const value = signatureOf(config, 'consents', state)
    sendCookie(config, reply, { name: cookieFor(state), value, expires }, 'Lax')
  }

  function isBound(request: FastifyRequest, state: string): boolean {
    const value = cookieOf(config, request, cookieFor(state)) ?? ''
    return isSignatureOf(config, 'consents', state, value)
  }

  function unbindBrowser(reply: FastifyReply, state: string): void {
    sendCookie(config, reply, { name: cookieFor(state), value: '', expires: new Date(0) }, 'Lax')
  }
}

/** Who has to sign in: of a shared mailbox the one who may open it. */
function personOf(settings: object): string {
  const { address, delegate_login } = settings as { address: string; delegate_login?: string }
  return delegate_login ?? address
}

/** One a sign-in, so that two tabs do not disturb each other. */
function cookieFor(state: string): string {
  return `consent-${createHash('sha256').update(state).digest('hex').slice(0, 16)}`
}

function localeFor({ headers }: FastifyRequest, account?: Locale): Locale {
  return negotiateLocale(headers['accept-language'], account ?? 'pt-BR')
}

function phrasesIn(locale: Locale): Record<string, string> {
  return texts[locale].phrases
}

function filled(phrase = '', values: Record<string, string>): string {
  return phrase.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '')
}
