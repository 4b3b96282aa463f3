// The account itself: its settings, API keys, outgoing webhooks, bots. For administrators.
import { listAccountChanges, patchAccount } from '../../db/account-settings.ts'
import { findAccount } from '../../db/accounts.ts'
import { findAgent } from '../../db/agents.ts'
import { insertApiKey, listApiKeys, revokeApiKey } from '../../db/api-keys.ts'
import { findInbox } from '../../db/inboxes.ts'
import { reconsiderLargeFiles } from '../../db/large-files.ts'
import type { OpenHours } from '../../domain/business-hours.ts'
import { KEPT_DAYS } from '../../domain/retention.ts'
import { AttachmentLimit } from '../attachment-limits.ts'
import { ACCOUNT_ADMINS, callerOf, EVERYBODY, hashKey, newKey } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError, invalidField } from '../errors.ts'
import { once } from '../idempotency.ts'
import { idCursor, pageOf } from '../pages.ts'
import {
  AccountParams,
  AsText,
  Id,
  ItemParams,
  NoContent,
  Nullable,
  OneOf,
  PageQuery,
  pageSchema,
  replies,
  Time,
  Type,
} from '../schemas.ts'

const OpenHoursSchema = Type.Object({
  weekday: Type.Integer({ minimum: 0, maximum: 6, description: '0 is Sunday' }),
  from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
  to: Type.String({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' }),
})
const Account = Type.Object({
  id: Id,
  name: Type.String(),
  locale: OneOf(['pt-BR', 'en'] as const),
  timezone: Type.String(),
  business_hours: Type.Array(OpenHoursSchema),
  conversation_retention_days: Nullable(Type.Integer()),
  delivery_retention_days: Type.Integer(),
  attachment_limit_bytes: Nullable(Type.Integer()),
  created_at: Time,
})
const AccountChange = Type.Object({
  id: Id,
  user_id: Id,
  changes: Type.Record(
    Type.String(),
    Type.Object({ before: Type.Unknown(), after: Type.Unknown() }),
    { description: 'By field' },
  ),
  created_at: Time,
})
const keyFields = {
  id: Id,
  name: Type.String(),
  prefix: Type.String({ description: 'The first characters, to tell keys apart' }),
  role: OneOf(['administrator', 'agent', 'bot'] as const),
  user_id: Id,
  inbox_ids: Nullable(Type.Array(Id)),
  created_at: Time,
  revoked_at: Nullable(Time),
}
const ApiKey = Type.Object(keyFields)
const NewApiKey = Type.Object({ ...keyFields, key: Type.String({ description: 'Shown once' }) })

export function administrationRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.get(
    '',
    {
      config: EVERYBODY,
      schema: {
        tags: ['account'],
        summary: 'The account',
        params: AccountParams,
        response: replies(200, Account),
      },
    },
    async (request) => account(callerOf(request).accountId),
  )

  app.patch(
    '',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['account'],
        summary: 'Change the account',
        params: AccountParams,
        body: Type.Object({
          name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
          locale: Type.Optional(OneOf(['pt-BR', 'en'] as const)),
          timezone: Type.Optional(Type.String({ maxLength: 100 })),
          business_hours: Type.Optional(
            Type.Array(OpenHoursSchema, {
              maxItems: 50,
              description: 'Working time in the account’s zone; empty: always',
            }),
          ),
          conversation_retention_days: Type.Optional(
            Nullable(
              Type.Integer({
                minimum: 1,
                maximum: 36_500,
                description:
                  'Conversations without a message for this long are deleted for good; null: never',
              }),
            ),
          ),
          delivery_retention_days: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: KEPT_DAYS.deliveries,
              description: 'What providers pushed and webhooks were told is kept for this long',
            }),
          ),
          attachment_limit_bytes: Type.Optional(AttachmentLimit),
        }),
        response: replies(200, Account),
      },
    },
    async (request) => {
      const { accountId, userId } = callerOf(request)
      const { timezone } = request.body
      if (timezone !== undefined && !isTimeZone(timezone)) {
        throw invalidField('timezone', 'not_a_time_zone')
      }
      for (const [at, { from, to }] of (request.body.business_hours ?? []).entries()) {
        if (from >= to) throw invalidField(`business_hours.${at}`, 'closes_before_it_opens')
      }
      await patchAccount(db, { accountId, userId }, request.body)
      if (request.body.attachment_limit_bytes !== undefined) {
        await reconsiderLargeFiles(db, accountId)
      }
      return account(accountId)
    },
  )

  app.get(
    '/changes',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['account'],
        summary: 'Who changed the account, the newest first',
        params: AccountParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(AccountChange)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit } = request.query
      const before = idCursor(cursor)
      const rows = await listAccountChanges(db, accountId, { before, limit: limit + 1 })
      return pageOf(
        rows,
        limit,
        (row) => [row.id],
        ({ id, user_id, changes, created_at }) => ({
          id,
          user_id,
          changes: changes as Record<string, { before: unknown; after: unknown }>,
          created_at: created_at.toISOString(),
        }),
      )
    },
  )

  app.get(
    '/api_keys',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['api keys'],
        summary: 'List API keys',
        params: AccountParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(ApiKey)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit } = request.query
      const before = idCursor(cursor)
      const rows = await listApiKeys(db, accountId, { before, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.id], present)
    },
  )

  app.post(
    '/api_keys',
    {
      config: { ...ACCOUNT_ADMINS, secretReply: true },
      schema: {
        tags: ['api keys'],
        summary: 'Make an API key; it is shown only in this reply',
        description:
          'It never opens more than its user may at the moment: an agent’s only inboxes it works in.',
        params: AccountParams,
        body: Type.Object({
          name: Type.String({ minLength: 1, maxLength: 200 }),
          role: OneOf(['administrator', 'agent', 'bot'] as const),
          user_id: Type.Optional(Type.Integer({ minimum: 1, description: 'Default: yourself' })),
          inbox_ids: Type.Optional(Nullable(Type.Array(Id, { minItems: 1, maxItems: 1000 }))),
        }),
        response: replies(201, NewApiKey),
      },
    },
    async (request, reply) => {
      const { accountId, userId } = callerOf(request)
      const { name, role, user_id = userId, inbox_ids = null } = request.body
      return once(deps, request, reply, 201, async (trx) => {
        const user = await findAgent(trx, accountId, user_id)
        if (user === undefined) throw apiError('not_found')
        // A key never gives its user more than the user has, and a bot key speaks for a bot.
        const fits = user.role === 'administrator' ? role !== 'bot' : user.role === role
        if (!fits) throw invalidField('role', 'not_the_role_of_this_user')
        for (const id of inbox_ids ?? []) {
          if ((await findInbox(trx, accountId, id)) === undefined) throw apiError('not_found')
        }
        const key = newKey()
        const row = await insertApiKey(trx, {
          accountId,
          userId: user_id,
          name,
          prefix: key.slice(0, 12),
          hash: hashKey(key),
          role,
          inboxIds: inbox_ids,
        })
        return { ...present(row), key }
      })
    },
  )

  app.delete(
    '/api_keys/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['api keys'],
        summary: 'Revoke an API key at once',
        params: ItemParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      if (!(await revokeApiKey(db, accountId, request.params.id))) throw apiError('not_found')
      return reply.code(204).send(null)
    },
  )

  async function account(accountId: number) {
    const row = await findAccount(db, accountId)
    if (row === undefined) throw apiError('not_found')
    const { id, name, locale, timezone, created_at, ...kept } = row
    const { conversation_retention_days, delivery_retention_days } = kept
    const { attachment_limit_bytes, business_hours } = kept
    return {
      id,
      name,
      locale,
      timezone,
      business_hours: business_hours as OpenHours[],
      conversation_retention_days,
      delivery_retention_days,
      attachment_limit_bytes,
      created_at: created_at.toISOString(),
    }
  }
}

type KeyView = Pick<
  Awaited<ReturnType<typeof listApiKeys>>[number],
  'id' | 'name' | 'prefix' | 'role' | 'user_id' | 'inbox_ids' | 'created_at' | 'revoked_at'
>
function present(row: KeyView) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    role: row.role,
    user_id: row.user_id,
    inbox_ids: row.inbox_ids?.map(Number) ?? null,
    created_at: row.created_at.toISOString(),
    revoked_at: AsText(row.revoked_at),
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
