// A visitor's session: begun by the widget in its iframe, given a name by the page, ended by it.
import {
  isIdentityHash,
  judgeOrigin,
  type WidgetCredentials,
  type WidgetSettings,
} from '../../channels/widget/index.ts'
import { readCredentials } from '../../db/credentials.ts'
import { ringEnded } from '../../db/visitor-events.ts'
import {
  findWidgetInbox,
  insertWidgetSession,
  updateWidgetSession,
  type VisitorProfile,
  type WidgetSessionRow,
} from '../../db/widget-sessions.ts'
import { noteSighting } from '../../db/widget-sightings.ts'
import { reasonText } from '../../locales/texts.ts'
import { AnotherVisitor, identifyVisitor } from '../../messaging/identify-visitor.ts'
import { limitByAddress } from '../address-limit.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { visitorFileBytes } from '../receive-file.ts'
import { presentWidget, WidgetSchema } from '../resources/visitor.ts'
import { NoContent, OneOf, replies, Type } from '../schemas.ts'
import {
  findVisitorCall,
  hashSessionToken,
  newSessionToken,
  sessionTokenOf,
  type VisitorCall,
  visitorCallOf,
  visitorLocale,
  visitorOf,
} from '../visitor-auth.ts'
import { knownFacts, ProfileBody, readProfile } from '../visitor-profile.ts'

/** Begun or gone on with from one address: a whole office may come to work at once. */
const SESSIONS_A_MINUTE = 300

const SessionSchema = Type.Object({
  token: Type.String({ description: 'For Authorization: Bearer; the same when it still lives' }),
  widget: WidgetSchema,
  mode: OneOf(['one', 'several'] as const, 'How many conversations there may be at a time'),
  verified: Type.Boolean(),
})

const Identified = Type.Object({
  status: OneOf(['verified', 'unverified', 'rejected'] as const),
  code: Type.String(),
  hint: Type.String({ description: 'What a developer can do about it' }),
})

/** The one route that needs no session. */
export function visitorSessionStart(app: App, deps: Deps): void {
  const { config, clock, db } = deps
  const count = limitByAddress(app, SESSIONS_A_MINUTE)

  app.post(
    '/sessions',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Begin a session, or go on with one',
        description: 'With the token of a session that lives it goes on; else a new one begins.',
        body: Type.Object({
          website_token: Type.String({ minLength: 1, maxLength: 100 }),
          origin: Type.String({
            maxLength: 300,
            default: '',
            description: 'Of the page around the iframe; empty in a mobile app’s own view',
          }),
        }),
        response: replies(200, SessionSchema),
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      await count(request)
      const { website_token, origin } = request.body
      const inbox = await findWidgetInbox(db, website_token)
      if (inbox === undefined || inbox.phase !== 'active') throw apiError('widget_not_found')
      const ref = { accountId: inbox.account_id, inboxId: inbox.id }
      const verdict = judgeOrigin((inbox.settings as WidgetSettings).domains, origin)
      const kind = verdict.allowed ? 'origin_allowed' : 'origin_blocked'
      await noteSighting(db, ref, kind, origin || 'app')
      if (!verdict.allowed)
        throw apiError('domain_not_allowed', { origin, reason: verdict.because })

      const before = await findVisitorCall(db, request)
      if (before?.session.inbox_id === inbox.id) {
        await updateWidgetSession(db, before.session, { origin, seen_at: clock() })
        return present(sessionTokenOf(request)!, before)
      }
      const token = newSessionToken()
      const session = await insertWidgetSession(db, {
        account_id: inbox.account_id,
        inbox_id: inbox.id,
        token_hash: hashSessionToken(token),
        origin,
      })
      return present(token, visitorCallOf(session, inbox))
    },
  )

  async function present(token: string, { session, settings, inboxName, several }: VisitorCall) {
    const view = { now: clock(), uploadLimit: visitorFileBytes(config) }
    const known = await knownFacts(db, session)
    return {
      token,
      widget: presentWidget(settings, inboxName, known, view),
      mode: several ? ('several' as const) : ('one' as const),
      verified: session.verified,
    }
  }
}

export function visitorSessionRoutes(app: App, deps: Deps): void {
  const { clock, db, vault } = deps

  app.delete(
    '/session',
    {
      schema: {
        tags: ['visitor'],
        summary: 'End the session: the visitor has logged out',
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { session } = visitorOf(request)
      await updateWidgetSession(db, session, { revoked_at: clock() })
      await ringEnded(db, session.id)
      return reply.code(204).send(null)
    },
  )

  app.put(
    '/contact',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Say who the visitor is',
        description:
          'Never an error for what cannot be used: the answer says what became of it. ' +
          'another_visitor: begin a new session for this identifier.',
        body: Type.Object({
          identifier: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
          identifier_hash: Type.Optional(Type.Unknown()),
          ...ProfileBody.properties,
        }),
        response: replies(200, Identified),
      },
    },
    async (request) => {
      const { session, settings } = visitorOf(request)
      const identifier = request.body.identifier.trim()
      const locale = visitorLocale(request, settings)
      const answer = (status: 'verified' | 'unverified' | 'rejected', code: string) => {
        const [message, remedy] = reasonText(code, locale)
        return { status, code, hint: `${message} ${remedy}` }
      }
      const proof = await proofOf(session, settings, identifier, request.body.identifier_hash)
      const ref = { accountId: session.account_id, inboxId: session.inbox_id }
      if (proof === 'hash_wrong' || proof === 'hash_missing') {
        await noteSighting(db, ref, proof, identifier)
        return answer('rejected', `identifier_${proof}`)
      }
      const profile = await readProfile(db, session.account_id, request.body)
      const verified = proof === 'proved'
      if (!verified && !hasKey(profile) && !hasKey(session.profile as VisitorProfile)) {
        return answer('rejected', 'contact_key_missing')
      }
      await identified(session, { identifier, verified, profile })
      if (verified) return answer('verified', 'identity_proved')
      return answer('unverified', 'identity_not_proved')
    },
  )

  app.patch(
    '/contact',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Tell more about the visitor',
        description: 'Attributes that do not exist are left out; null takes a value away.',
        body: ProfileBody,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { session } = visitorOf(request)
      const profile = await readProfile(db, session.account_id, request.body)
      await identified(session, { verified: false, profile })
      return reply.code(204).send(null)
    },
  )

  function identified(session: WidgetSessionRow, claims: Parameters<typeof identifyVisitor>[2]) {
    return identifyVisitor(db, session, claims).catch((error) => {
      throw error instanceof AnotherVisitor ? apiError('another_visitor') : error
    })
  }

  async function proofOf(
    { account_id, inbox_id, verified, identifier: before }: WidgetSessionRow,
    { identity_validation }: WidgetSettings,
    identifier: string,
    hash: unknown,
  ): Promise<'proved' | 'unproved' | 'hash_wrong' | 'hash_missing'> {
    if (identity_validation === 'off') return 'unproved'
    if (hash === undefined || hash === null || hash === '') {
      if (verified && before === identifier) return 'proved'
      return identity_validation === 'required' ? 'hash_missing' : 'unproved'
    }
    const stored = (await readCredentials(db, vault, account_id, inbox_id)) as
      | WidgetCredentials
      | undefined
    const tokens = stored?.identity_tokens ?? []
    return isIdentityHash(tokens, identifier, String(hash)) ? 'proved' : 'hash_wrong'
  }
}

const hasKey = ({ email, phone_number }: VisitorProfile) =>
  email !== undefined || phone_number !== undefined
