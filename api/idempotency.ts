// Idempotency-Key on every POST: the reply is kept in Postgres for 24 hours per account and key.
import { createHmac, hkdfSync } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { claimKey, dropKey, keepReply } from '../db/idempotency-keys.ts'
import type { App, Deps } from './context.ts'
import { apiError } from './errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key this request holds until its reply is kept. */
    idempotencyKey: string | null
  }
}

/** Hooks for all routes under a key; must be registered after the authentication. */
export function registerIdempotency(app: App, deps: Deps): void {
  // Keyed, because a body may hold a password and a plain hash of it could be guessed.
  const secret = Buffer.from(
    hkdfSync('sha256', deps.config.encryptionKeys[0]!.key, '', 'idempotency', 32),
  )
  app.decorateRequest('idempotencyKey', null)

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (request.method !== 'POST' || request.caller === null || typeof key !== 'string') return
    if (key === '' || key.length > 255) {
      throw apiError('invalid_request', {
        fields: [{ field: 'Idempotency-Key', reason: 'maxLength', remedy: '1-255' }],
      })
    }
    const { accountId } = request.caller
    const [path = ''] = request.url.split('?')
    const body = createHmac('sha256', secret)
      .update(JSON.stringify(request.body ?? null))
      .digest()
    const method = request.method
    // Another key of the account, with other rights, never gets this one's reply.
    const scoped = `${request.caller.keyId}:${key}`
    const claim = await claimKey(deps.db, accountId, { key: scoped, method, path, bodyHash: body })
    if (claim.kind === 'claimed') {
      request.idempotencyKey = scoped
      return
    }
    if (claim.kind === 'other_request') throw apiError('idempotency_key_reused')
    if (claim.kind === 'running') throw apiError('idempotency_key_running', undefined, 2)
    reply.header('idempotency-replayed', 'true').code(claim.status).type('application/json')
    return reply.send(unsealed(deps, accountId, scoped, claim.body))
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const { caller, idempotencyKey } = request
    if (caller === null || idempotencyKey === null) return payload
    request.idempotencyKey = null
    // What may succeed when repeated is not kept: it would be refused for a day.
    const { statusCode } = reply
    if (statusCode >= 500 || statusCode === 429) {
      await dropKey(deps.db, caller.accountId, idempotencyKey)
      return payload
    }
    const text = typeof payload === 'string' && payload !== '' ? payload : 'null'
    const kept = sealed(deps, request, idempotencyKey, text)
    await keepReply(deps.db, caller.accountId, idempotencyKey, statusCode, kept)
    return payload
  })
}

function sealed(deps: Deps, request: FastifyRequest, key: string, text: string): unknown {
  if (!request.routeOptions.config.secretReply) return { plain: JSON.parse(text) }
  const { keyId, ciphertext } = deps.vault.seal(rowOf(request.caller!.accountId, key), text)
  return { key_id: keyId, ciphertext: ciphertext.toString('base64') }
}

function unsealed(deps: Deps, accountId: number, key: string, kept: unknown): unknown {
  const reply = kept as { plain?: unknown; key_id?: string; ciphertext?: string }
  if (reply.ciphertext === undefined || reply.key_id === undefined) return reply.plain
  const ciphertext = Buffer.from(reply.ciphertext, 'base64')
  const opened = deps.vault.open(rowOf(accountId, key), { keyId: reply.key_id, ciphertext })
  return JSON.parse(String(opened))
}

const rowOf = (accountId: number, key: string) => ({ accountId, row: `idempotency_keys/${key}` })
