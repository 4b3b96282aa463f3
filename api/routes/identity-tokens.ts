// What a site's back end signs its visitors' identifiers with: tokens, and a tester of hashes.
import type { FastifyRequest } from 'fastify'
import {
  identityHash,
  isIdentityHash,
  newIdentityToken,
  type WidgetCredentials,
} from '../../channels/widget/index.ts'
import { inTransaction } from '../../db/client.ts'
import { readCredentials, writeCredentials } from '../../db/credentials.ts'
import { lockInbox } from '../../db/inboxes.ts'
import { addToTimeline } from '../../db/timeline.ts'
import { ADMINS, callerOf } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { ownWidget } from '../own-widget.ts'
import { Id, ItemParams, NoContent, Nullable, OneOf, replies, Time, Type } from '../schemas.ts'

const IdentityToken = Type.Object({ id: Id, created_at: Time })
const TokenParams = Type.Object({
  account_id: Id,
  id: Id,
  token_id: Id,
})

/** Kept alive at a time: one in use, one that takes over. */
const TOKENS = 2

export function identityTokenRoutes(app: App, { db, vault, clock }: Deps): void {
  app.get(
    '/widgets/:id/identity_tokens',
    {
      config: ADMINS,
      schema: {
        tags: ['widget'],
        summary: 'Which identity tokens are alive; the tokens themselves are not shown again',
        params: ItemParams,
        response: replies(200, Type.Object({ data: Type.Array(IdentityToken) })),
      },
    },
    async (request) => ({ data: (await tokensOf(request)).map(shownToken) }),
  )

  app.post(
    '/widgets/:id/identity_tokens',
    {
      config: { ...ADMINS, secretReply: true },
      schema: {
        tags: ['widget'],
        summary: 'Make an identity token; it is shown in this answer only',
        description: 'Two may be alive, so that a back end can change over without a gap.',
        params: ItemParams,
        response: replies(201, Type.Object({ ...IdentityToken.properties, token: Type.String() })),
      },
    },
    async (request, reply) => {
      const made = newIdentityToken(clock())
      await changeTokens(request, 'identity_token_made', made.id, (tokens) => {
        if (tokens.length >= TOKENS) throw apiError('identity_tokens_full')
        return [...tokens, made]
      })
      return reply.code(201).send({ ...shownToken(made), token: made.token })
    },
  )

  app.delete(
    '/widgets/:id/identity_tokens/:token_id',
    {
      config: ADMINS,
      schema: {
        tags: ['widget'],
        summary: 'End an identity token: hashes made with it are refused from now on',
        params: TokenParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { token_id } = request.params
      await changeTokens(request, 'identity_token_ended', token_id, (tokens) => {
        const left = tokens.filter(({ id }) => id !== token_id)
        if (left.length === tokens.length) throw apiError('not_found')
        return left
      })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/widgets/:id/test_hash',
    {
      config: ADMINS,
      schema: {
        tags: ['widget'],
        summary: 'Is this the hash of this user, by which token',
        description: 'Tells what is wrong with a hash; never the right one.',
        params: ItemParams,
        body: Type.Object({
          identifier: Type.String({ minLength: 1, maxLength: 200 }),
          identifier_hash: Type.String({ maxLength: 200 }),
        }),
        response: replies(
          200,
          Type.Object({
            valid: Type.Boolean(),
            token_id: Nullable(Id),
            because: OneOf(['valid', 'no_token', 'not_hex_sha256', 'other_token_or_user'] as const),
          }),
        ),
      },
    },
    async (request) => {
      const tokens = await tokensOf(request)
      const { identifier, identifier_hash: hash } = request.body
      const by = tokens.find((token) => isIdentityHash([token], identifier, hash))
      const token_id = by?.id ?? null
      if (by) return { valid: true, token_id, because: 'valid' as const }
      if (tokens.length === 0) return { valid: false, token_id, because: 'no_token' as const }
      const looksRight =
        hash.trim().length === identityHash('', '').length && /^[\da-f\s]+$/i.test(hash)
      const because = looksRight ? ('other_token_or_user' as const) : ('not_hex_sha256' as const)
      return { valid: false, token_id, because }
    },
  )

  async function tokensOf(request: FastifyRequest) {
    const { ref } = await ownWidget(db, request)
    const stored = await readCredentials(db, vault, ref.accountId, ref.inboxId)
    return (stored as WidgetCredentials | undefined)?.identity_tokens ?? []
  }

  async function changeTokens(
    request: FastifyRequest,
    kind: string,
    tokenId: number,
    change: (tokens: WidgetCredentials['identity_tokens']) => WidgetCredentials['identity_tokens'],
  ): Promise<void> {
    const { ref } = await ownWidget(db, request)
    const { userId } = callerOf(request)
    await inTransaction(db, async (trx) => {
      // One change at a time, or one of two tokens made at once would be lost.
      await lockInbox(trx, ref.accountId, ref.inboxId)
      const stored = await readCredentials(trx, vault, ref.accountId, ref.inboxId)
      const tokens = (stored as WidgetCredentials | undefined)?.identity_tokens ?? []
      await writeCredentials(trx, vault, ref, { identity_tokens: change(tokens) }, clock())
      await addToTimeline(trx, ref, kind, { token_id: tokenId }, userId)
    })
  }
}

const shownToken = ({ id, createdAt }: WidgetCredentials['identity_tokens'][number]) => ({
  id,
  created_at: createdAt,
})
