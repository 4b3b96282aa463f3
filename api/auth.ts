// Who is calling: the key or session of a request, what it opens, the roles a route takes.
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { findCallerByKeyHash } from '../db/api-keys.ts'
import { limitByAddress } from './address-limit.ts'
import type { App, Caller, Deps } from './context.ts'
import { apiError } from './errors.ts'
import { isOwnPage, sessionOf } from './session-cookie.ts'

/** SHA-256 of a key, the only form it is stored in. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** 256 random bits behind a prefix that secret scanners can look for. */
export function newKey(): string {
  return `cck_${randomBytes(32).toString('base64url')}`
}

/** Who may call a route beside administrators: nobody, people, people and bots. */
export const ADMINS = { roles: [] } as const
/** What is of the whole account: administrators whose key opens every inbox. */
export const ACCOUNT_ADMINS = { roles: [], wholeAccount: true } as const
export const PEOPLE = { roles: ['agent'] } as const
export const EVERYBODY = { roles: ['agent', 'bot'] } as const

/** Unknown keys that one address may try in a minute; a wrong configuration shows earlier. */
const GUESSES = 20

/** Looks the key up on every request, so that a revoked one ends at once. */
export function registerAuth(app: App, deps: Deps): void {
  app.decorateRequest('caller', null)
  const countGuess = limitByAddress(app, GUESSES)
  app.addHook('onRequest', async (request, reply) => {
    const { roles, wholeAccount = false } = request.routeOptions.config
    if (roles === undefined) return
    // A tenant's data, and now and then a secret that is shown once.
    reply.header('cache-control', 'no-store')
    const own = keyOf(request)
    const key = credentialOf(deps, request)
    if (key === undefined) throw apiError('unauthenticated')
    const bySession = own === undefined
    if (bySession && request.method !== 'GET' && !isOwnPage(request)) throw apiError('not_our_page')
    const caller = await findCallerByKeyHash(deps.db, hashKey(key))
    if (caller === undefined) {
      await countGuess(request)
      throw apiError('unauthenticated')
    }
    request.caller = { ...caller, bySession }
    request.log = request.log.child({ account_id: caller.accountId, key_id: caller.keyId })
    // Another tenant's account does not exist for this caller.
    const { account_id } = request.params as { account_id?: string }
    if (account_id !== undefined && account_id !== String(caller.accountId)) {
      throw apiError('not_found')
    }
    if (caller.role !== 'administrator' && !roles.includes(caller.role)) {
      throw apiError('forbidden')
    }
    if (wholeAccount && caller.inboxIds !== null) throw apiError('forbidden')
  })
}

/** The caller of a route that names roles. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw apiError('unauthenticated')
  return request.caller
}

/** Whether the key opens an inbox; one that it does not open is a 404 like a foreign one. */
export function mayOpen(caller: Pick<Caller, 'inboxIds'>, inboxId: number | null): boolean {
  return caller.inboxIds === null || (inboxId !== null && caller.inboxIds.includes(inboxId))
}

/** The value, unless there is none or its inbox is closed to the caller. @throws not_found */
export function visible<T>(
  caller: Caller,
  value: T | undefined | null,
  inboxOf: (value: T) => number | null,
): T {
  if (value === undefined || value === null || !mayOpen(caller, inboxOf(value))) {
    throw apiError('not_found')
  }
  return value
}

/** What a route that names roles believes, known or not. */
export function credentialOf(
  { config }: Pick<Deps, 'config'>,
  request: FastifyRequest,
): string | undefined {
  return keyOf(request) ?? sessionOf(config, request)
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  // Some clients send the header empty; proxies may turn its underscores into dashes.
  const key = headers.api_access_token || headers['api-access-token'] || bearer
  return typeof key === 'string' && key.length <= 200 ? key : undefined
}
