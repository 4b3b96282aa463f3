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
  filled,
  type Locale,
  negotiateLocale,
  phrasesIn,
} from '../../locales/texts.ts'
import { isSignatureOf, signatureOf } from '../../storage/signatures.ts'
import { consentPage } from '../consent-page.ts'
import type { ConsentDraft } from '../consents.ts'
import type { App, Deps } from '../context.ts'
import { cookieOf, sendCookie } from '../cookies.ts'
import { toApiError } from '../errors.ts'
import { inboxUpdate } from '../inbox-update.ts'
import { Type } from '../schemas.ts'
import { failurePage, type Page, sendPage } from '../sign-in-page.ts'
import { completedSignIn } from '../sign-ins.ts'

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
      const { connect, notices = () => [] } = channels.of(channel)
      if (connect.kind !== 'oauth' || !connect.configured) return ended(reply, locale)
      bindBrowser(reply, state, found.expiresAt)
      const url = await connect.authorizationUrl(settings, consent)
      const asked = { channel, settings, connect, notices: notices(settings) }
      return sendPage(reply, 200, locale, consentPage(named, asked, locale, url))
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
        const denial = error === 'access_denied' ? 'consent_denied' : 'consent_failed'
        const came = code ? { code } : { failure: denial }
        const kept = { channel: channel.type, consent, settings, actorUserId, ...came }
        if (!(await takeConsent(db, vault, state, found, kept))) return ended(reply, locale)
        const outcome = !hasInbox(found)
          ? await offered(found, locale)
          : code
            ? await connected(found, locale)
            : await given(found, denial, locale)
        if (returnUrl === null) return sendPage(reply, outcome.status, locale, outcome.page)
        const back = new URL(returnUrl)
        if (hasInbox(found)) back.searchParams.set('inbox_id', String(found.inboxId))
        else back.searchParams.set('sign_in_id', found.draftId)
        back.searchParams.set('result', outcome.result)
        return reply.header('referrer-policy', 'no-referrer').redirect(back.href, 303)
      },
    )
  }

  interface Outcome {
    status: number
    /** `connected` or `signed_in`, or the reason why not. */
    result: string
    page: Page
  }

  /** Whoever began it goes on where it was begun, with what the sign-in opens. */
  async function offered({ accountId, draftId }: FoundConsent, locale: Locale): Promise<Outcome> {
    const signIn = await completedSignIn(deps, accountId, draftId)
    if (signIn?.status === 'failed') {
      const { failure } = signIn
      return {
        status: 422,
        result: failure,
        page: failurePage(locale, askingText(failure, locale)),
      }
    }
    const say = phrasesIn(locale)
    const lines = [say.sign_in_choose ?? '', say.close_window ?? '']
    return {
      status: 200,
      result: 'signed_in',
      page: { title: say.sign_in_choose_title ?? '', lines },
    }
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
      const more = await whoSignedIn(found, reason, locale)
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
  async function whoSignedIn(
    found: FoundConsent,
    reason: string,
    locale: Locale,
  ): Promise<string[]> {
    const draft = (await readDraft(db, vault, found, found.draftId)) as { signedInAs?: string }
    const names = await namesOf(found)
    if (!draft?.signedInAs || !names) return []
    const say = phrasesIn(locale)
    return [filled(say[`${reason}_names`], { ...names, other: draft.signedInAs })]
  }

  async function namesOf(found: FoundConsent) {
    const { accountId, inboxId } = found
    const [inbox, account] = await Promise.all([
      hasInbox(found) ? findInbox(db, accountId, inboxId) : NO_INBOX,
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

/** Without one, what the sign-in opens is chosen from afterwards. */
const hasInbox = ({ inboxId }: FoundConsent) => inboxId !== 0
const NO_INBOX = { name: '', address: '', phase: 'connecting' as const }

/** One a sign-in, so that two tabs do not disturb each other. */
function cookieFor(state: string): string {
  return `consent-${createHash('sha256').update(state).digest('hex').slice(0, 16)}`
}

function localeFor({ headers }: FastifyRequest, account?: Locale): Locale {
  return negotiateLocale(headers['accept-language'], account ?? 'pt-BR')
}
