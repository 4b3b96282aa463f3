// Instagram and Messenger of a page: signing in with Facebook, the pages that opens, and an inbox of
// the one that is chosen.
import type { FastifyRequest } from 'fastify'
import type { PageSettings } from '../../channels/instagram/settings.ts'
import { connectedKeys, inboxesOfOwner } from '../../db/pages-in-use.ts'
import { askingText, reasonText } from '../../locales/texts.ts'
import { ACCOUNT_ADMINS, callerOf } from '../auth.ts'
import { connectInbox, NewInboxBody } from '../connect-inbox.ts'
import { AuthorizationSchema, beginConsent, ReturnUrl, signInOf } from '../consents.ts'
import type { App, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { once } from '../idempotency.ts'
import { InboxSchema } from '../resources/inbox.ts'
import { keyOf, LongAnswers, PageOffers, presentOffers } from '../resources/page-offers.ts'
import { AccountParams, Id, replies, Time, Type } from '../schemas.ts'
import { type CompletedSignIn, completedSignIn } from '../sign-ins.ts'

const SignInId = Type.String({ format: 'uuid' })
const Begin = Type.Object({
  return_url: Type.Optional(ReturnUrl),
  ask_again: Type.Boolean({
    default: false,
    description: 'Has Facebook ask once more for permissions that were declined',
  }),
})
const Begun = Type.Object({ id: SignInId, authorization: AuthorizationSchema })
const SignIn = Type.Object({ id: SignInId, expires_at: Time, ...PageOffers.properties })
const Connect = Type.Intersect([
  NewInboxBody,
  Type.Object({
    sign_in_id: SignInId,
    page_id: Type.String({ minLength: 1, maxLength: 100 }),
    long_answers: Type.Optional(LongAnswers),
  }),
])

export function instagramInboxRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.post(
    '/inboxes/instagram/sign_ins',
    {
      // Whoever has the link may sign in.
      config: { ...ACCOUNT_ADMINS, secretReply: true },
      schema: {
        tags: ['inboxes'],
        summary: 'Begin to connect Instagram and Messenger: a link to sign in with Facebook',
        description:
          'Good for half an hour and once. What the sign-in opens is then read by its id, and one ' +
          'page of it is connected, or several, an inbox each.',
        params: AccountParams,
        body: Begin,
        response: replies(201, Begun),
      },
    },
    async (request, reply) => {
      const { accountId, userId: actorUserId } = callerOf(request)
      const { return_url: returnUrl, ask_again: again } = request.body
      signInOf(deps, 'instagram')
      return once(deps, request, reply, 201, async (trx) => {
        const beginning = { channel: 'instagram' as const, settings: {}, actorUserId, returnUrl }
        const nobody = { accountId, inboxId: 0 }
        const begun = await beginConsent(deps, trx, nobody, { ...beginning, again })
        return { id: begun.draftId, authorization: begun.authorization }
      })
    },
  )

  app.get(
    '/inboxes/instagram/sign_ins/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'What a sign-in with Facebook has come to, and the pages it opens',
        params: Type.Object({ account_id: Id, id: SignInId }),
        response: replies(200, SignIn),
      },
    },
    async (request) => {
      const { id } = request.params
      const signIn = await ownSignIn(request, id)
      const { status } = signIn
      const shown = { id, expires_at: signIn.expiresAt.toISOString(), status, failure: null }
      const nothing = { declined: false, pages: [], uncovered: [] }
      const locale = localeOf(request)
      if (signIn.status === 'failed') {
        const [message, remedy] = askingText(signIn.failure, locale)
        return { ...shown, ...nothing, failure: { code: signIn.failure, message, remedy } }
      }
      if (signIn.status !== 'ready') return { ...shown, ...nothing }
      const { offers } = signIn
      const { accountId } = callerOf(request)
      const [connected, owned] = await Promise.all([
        connectedKeys(
          db,
          accountId,
          offers.items.map(({ key }) => keyOf(key)),
        ),
        inboxesOfOwner(db, 'instagram', offers.owner, accountId),
      ])
      return { ...shown, ...presentOffers(offers, { accountId, connected, owned }, locale) }
    },
  )

  app.post(
    '/inboxes/instagram',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Connect a page of a sign-in: its Messenger and its Instagram account',
        description:
          'Answers at once; the workflow has the page’s messages told to this installation’s app.',
        params: AccountParams,
        body: Connect,
        response: replies(201, InboxSchema),
      },
    },
    async (request, reply) => {
      const { body } = request
      const signIn = await ownSignIn(request, body.sign_in_id)
      if (signIn.status !== 'ready') throw apiError('sign_in_not_completed')
      const offer = signIn.offers.items.find(({ key }) => key === body.page_id)
      const [fault] = offer ? offer.faults : ['wrong_page']
      if (!offer?.connectable) {
        const [message, remedy] = reasonText(fault!, localeOf(request))
        throw apiError('connection_failed', { reason: fault, message, remedy, evidence: null })
      }
      const { page_name, instagram_username } = offer.settings as PageSettings
      return connectInbox(deps, request, reply, body, {
        channel: 'instagram',
        address: instagram_username === null ? page_name : `@${instagram_username}`,
        channelKey: keyOf(offer.key),
        settings: { ...offer.settings, long_answers: body.long_answers ?? 'refuse' },
        credentials: { ...offer.credentials },
      })
    },
  )

  /** @throws not_found also when it has expired */
  async function ownSignIn(request: FastifyRequest, id: string): Promise<CompletedSignIn> {
    const signIn = await completedSignIn(deps, callerOf(request).accountId, id)
    if (signIn?.channel !== 'instagram') throw apiError('not_found')
    return signIn
  }
}
