// Logging in to the console: a session by password or by invitation, who it is, its end.
import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findAccount } from '../../db/accounts.ts'
import { findAgent, isEmailTaken, updateAgent } from '../../db/agents.ts'
import { insertApiKey, revokeApiKey } from '../../db/api-keys.ts'
import { inTransaction } from '../../db/client.ts'
import { findLogin, findLogins, type LoginRow, setPassword } from '../../db/logins.ts'
import { callerOf, hashKey, newKey, PEOPLE } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { invitedBy } from '../invitations.ts'
import { hashPassword, isPasswordOf } from '../passwords.ts'
import { Id, NoContent, OneOf, replies, Type } from '../schemas.ts'
import { isOwnPage, sendSession } from '../session-cookie.ts'

const LIFETIME_MS = 14 * 86_400_000
/** Tries of one address, and of one person from anywhere. */
const TRIES = { byIp: 10, byPerson: 20, timeWindow: '5 minutes' } as const

const Session = Type.Object({
  account: Type.Object({
    id: Id,
    name: Type.String(),
    locale: OneOf(['pt-BR', 'en'] as const),
    timezone: Type.String(),
  }),
  user: Type.Object({
    id: Id,
    name: Type.String(),
    email: Type.String(),
    role: OneOf(['administrator', 'agent'] as const),
  }),
})
const Email = Type.String({ format: 'email', maxLength: 320 })
const NewPassword = Type.String({ minLength: 10, maxLength: 200, format: 'password' })
const Given = Type.String({ maxLength: 200, format: 'password' })

export function sessionRoutes(app: App, deps: Deps): void {
  const { db, clock, config } = deps
  const { timeWindow } = TRIES
  const limits = [
    app.createRateLimit({
      max: TRIES.byIp,
      timeWindow,
      keyGenerator: ({ ip }) => rateLimit.normalizeIP(ip),
    }),
    app.createRateLimit({
      max: TRIES.byPerson,
      timeWindow,
      keyGenerator: ({ body }) => {
        const { email = '' } = body as { email?: string }
        return hashKey(email.toLowerCase()).toString('base64url')
      },
    }),
  ]
  // Whoever has found a key or a session knows no password yet.
  const changes = app.createRateLimit({
    max: TRIES.byPerson,
    timeWindow,
    keyGenerator: (request) => `password/${callerOf(request).userId}`,
  })

  app.post(
    '/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Log in to the console',
        description: 'Sets a cookie that only pages of this host can use.',
        security: [],
        body: Type.Object({ email: Email, password: Given }),
        response: replies(200, Session),
      },
    },
    async (request, reply) => {
      fromOwnPage(request)
      for (const limit of limits) await countTry(request, limit)
      const { email, password } = request.body
      const user = await personOf(await findLogins(db, email), password)
      if (user === undefined) throw apiError('login_refused')
      return open(reply, user)
    },
  )

  app.get(
    '/session',
    {
      config: PEOPLE,
      schema: {
        tags: ['session'],
        summary: 'Who is logged in',
        response: replies(200, Session),
      },
    },
    async (request) => {
      const { accountId, userId } = callerOf(request)
      return shown(accountId, userId)
    },
  )

  app.delete(
    '/session',
    {
      config: PEOPLE,
      schema: {
        tags: ['session'],
        summary: 'Log out',
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId, keyId, bySession } = callerOf(request)
      // A key of a program is revoked by its administrator only.
      if (bySession) await revokeApiKey(db, accountId, keyId)
      sendSession(config, reply, '', new Date(0))
      return reply.code(204).send(null)
    },
  )

  app.put(
    '/session/password',
    {
      config: PEOPLE,
      schema: {
        tags: ['session'],
        summary: 'Change your password; your other sessions end',
        body: Type.Object({ current_password: Given, password: NewPassword }),
        response: replies(200, Session),
      },
    },
    async (request, reply) => {
      await countTry(request, changes)
      const { accountId, userId } = callerOf(request)
      const user = await findLogin(db, accountId, userId)
      const { current_password, password } = request.body
      if (!user || !(await isPasswordOf(user.password_hash, current_password))) {
        throw apiError('login_refused')
      }
      if (!(await setPassword(db, user, await hashPassword(password)))) {
        throw apiError('login_refused')
      }
      return open(reply, user)
    },
  )

  app.post(
    '/session/invitation',
    {
      schema: {
        tags: ['session'],
        summary: 'Set a password by an invitation, and log in',
        description: 'An invitation is used up when the password is set.',
        security: [],
        body: Type.Object({
          token: Type.String({ maxLength: 500 }),
          password: NewPassword,
          name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
          email: Type.Optional(Email),
        }),
        response: replies(200, Session),
      },
    },
    async (request, reply) => {
      fromOwnPage(request)
      const { token, password, name, email } = request.body
      const user = await invitedBy(deps, token, ({ accountId, userId }) =>
        findLogin(db, accountId, userId),
      )
      if (user === undefined) throw apiError('invitation_expired')
      const taken = email && (await isEmailTaken(db, user.account_id, email, user.id))
      if (taken) throw apiError('email_taken')
      const passwordHash = await hashPassword(password)
      await inTransaction(db, async (trx) => {
        if (!(await setPassword(trx, user, passwordHash))) throw apiError('invitation_expired')
        await updateAgent(trx, user.account_id, user.id, { name: name?.trim(), email })
      })
      return open(reply, user)
    },
  )

  async function open(reply: FastifyReply, user: LoginRow) {
    const key = newKey()
    const sessionExpiresAt = new Date(clock().getTime() + LIFETIME_MS)
    await insertApiKey(db, {
      accountId: user.account_id,
      userId: user.id,
      name: 'Console',
      prefix: key.slice(0, 12),
      hash: hashKey(key),
      role: user.role,
      sessionExpiresAt,
    })
    sendSession(config, reply, key, sessionExpiresAt)
    reply.header('cache-control', 'no-store')
    return shown(user.account_id, user.id)
  }

  async function shown(accountId: number, userId: number) {
    const [account, user] = [
      await findAccount(db, accountId),
      await findAgent(db, accountId, userId),
    ]
    if (account === undefined || user === undefined || user.role === 'bot') {
      throw apiError('not_found')
    }
    const { id, name, email, role } = user
    const { locale, timezone } = account
    return {
      account: { id: accountId, name: account.name, locale, timezone },
      user: { id, name, email, role },
    }
  }
}

/** @throws rate_limited */
async function countTry(request: FastifyRequest, limit: ReturnType<App['createRateLimit']>) {
  const tries = await limit(request)
  if (!tries.isAllowed && tries.isExceeded) {
    throw apiError('rate_limited', undefined, tries.ttlInSeconds)
  }
}

/** The first whose password it is. Somebody unknown costs as much as somebody known. */
async function personOf(users: LoginRow[], password: string): Promise<LoginRow | undefined> {
  if (users.length === 0) await isPasswordOf(null, password)
  for (const user of users) {
    if (await isPasswordOf(user.password_hash, password)) return user
  }
  return undefined
}

/** Otherwise another site could log a visitor in as somebody else. */
function fromOwnPage(request: FastifyRequest): void {
  if (!isOwnPage(request)) throw apiError('not_our_page')
}
