// Idempotency-Key on every POST: the reply is kept in Postgres for 24 hours per account and key.
import { createHmac, hkdfSync } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inTransaction, type Trx } from '../db/client.ts'
import {
  findReply,
  type KeptReply,
  type KeyedRequest,
  keepReply,
  lockKey,
} from '../db/idempotency-keys.ts'
import { callerOf } from './auth.ts'
import type { App, Deps } from './context.ts'
import { apiError } from './errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request as its Idempotency-Key knows it, until its reply is kept. */
    keyed: KeyedRequest | null
  }
}

/** Hooks for all routes under a key; must be registered after the authentication. */
export function registerIdempotency(app: App, deps: Deps): void {
  // Keyed, because a body may hold a password and a plain hash of it could be guessed.
  const secret = Buffer.from(
    hkdfSync('sha256', deps.config.encryptionKeys[0]!.key, '', 'idempotency', 32),
  )
  app.decorateRequest('keyed', null)

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (request.method !== 'POST' || request.caller === null || typeof key !== 'string') return
    // A file: the same bytes are stored once anyway.
    if (request.isMultipart()) return
    if (key === '' || key.length > 255) {
      const fields = [{ field: 'Idempotency-Key', reason: 'maxLength', limit: '255' }]
      throw apiError('invalid_request', { fields })
    }
    const { accountId, keyId } = request.caller
    const [path = ''] = request.url.split('?')
    const keyed = {
      // Another key of the account, with other rights, never gets this one's reply.
      key: `${keyId}:${key}`,
      method: request.method,
      path,
      bodyHash: createHmac('sha256', secret)
        .update(JSON.stringify(request.body ?? null))
        .digest(),
    }
    const before = await findReply(deps.db, accountId, keyed)
    if (before.kind !== 'none') return reply.send(replayed(deps, request, reply, keyed, before))
    request.keyed = keyed
  })

  // What is asked of a workflow has no transaction with this reply. Each of those commands may be
  // repeated as it is, so a process that dies before this loses nothing.
  app.addHook('onSend', async (request, reply, payload) => {
    const { keyed } = request
    if (keyed === null || reply.statusCode >= 400) return payload
    request.keyed = null
    const body = typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : null
    const kept = sealed(deps, request, keyed, body)
    await keepReply(deps.db, callerOf(request).accountId, keyed, reply.statusCode, kept)
    return payload
  })
}

/**
 * Runs `work`, the whole effect of a POST in Postgres. Key, effect and reply commit together, so
 * that a request is never done twice nor done without its reply being kept. A refusal leaves
 * nothing, also not the key. What follows the commit, such as waking a workflow, is the caller's.
 * @throws idempotency_key_running while the same key is at work elsewhere
 */
export function once<T>(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  const { keyed } = request
  const { accountId } = callerOf(request)
  reply.code(status)
  return inTransaction(deps.db, async (trx) => {
    if (keyed === null) return work(trx)
    if (!(await lockKey(trx, accountId, keyed.key))) {
      throw apiError('idempotency_key_running', undefined, 1)
    }
    const before = await findReply(trx, accountId, keyed)
    request.keyed = null
    if (before.kind !== 'none') return replayed(deps, request, reply, keyed, before) as T
    const body = await work(trx)
    await keepReply(trx, accountId, keyed, status, sealed(deps, request, keyed, body))
    return body
  })
}

/** The reply of before, as the body of this one. @throws idempotency_key_reused */
function replayed(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  { key }: KeyedRequest,
  before: Exclude<KeptReply, { kind: 'none' }>,
): unknown {
  if (before.kind === 'other_request') throw apiError('idempotency_key_reused')
  reply.header('idempotency-replayed', 'true').code(before.status)
  const kept = before.body as { plain?: unknown; key_id?: string; ciphertext?: string }
  if (kept.ciphertext === undefined || kept.key_id === undefined) return kept.plain
  const ciphertext = Buffer.from(kept.ciphertext, 'base64')
  const row = rowOf(callerOf(request).accountId, key)
  return JSON.parse(String(deps.vault.open(row, { keyId: kept.key_id, ciphertext })))
}

function sealed(deps: Deps, request: FastifyRequest, { key }: KeyedRequest, body: unknown) {
  if (!request.routeOptions.config.secretReply) return { plain: body }
  const row = rowOf(callerOf(request).accountId, key)
  const { keyId, ciphertext } = deps.vault.seal(row, JSON.stringify(body))
  return { key_id: keyId, ciphertext: ciphertext.toString('base64') }
}

const rowOf = (accountId: number, key: string) => ({ accountId, row: `idempotency_keys/${key}` })
