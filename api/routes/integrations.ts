// Whom the account tells what happens: outgoing webhooks, and ClaudIA's endpoint.
import { randomBytes } from 'node:crypto'
import {
  type BotRow,
  deleteWebhook,
  findBotOf,
  findBotUser,
  findWebhook,
  insertWebhook,
  listBots,
  listWebhooks,
  saveBot,
  updateWebhook,
  type WebhookRow,
} from '../../db/integrations.ts'
import {
  CONVERSATION_EVENTS,
  listWebhookDeliveries,
  replayWebhookDelivery,
  type WebhookDeliveryRow,
} from '../../db/webhook-deliveries.ts'
import { ACCOUNT_ADMINS, callerOf } from '../auth.ts'
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
  pageQuery,
  pageSchema,
  replies,
  type Static,
  Time,
  Type,
} from '../schemas.ts'

const Url = Type.String({ minLength: 8, maxLength: 2000, pattern: '^https?://' })
const Secret = Type.String({ minLength: 16, maxLength: 200 })
const EVENTS = [
  ...CONVERSATION_EVENTS,
  'inbox.reauthorization_required',
  'inbox.action_required',
  'inbox.recovered',
] as const

const webhookFields = {
  id: Id,
  url: Type.String(),
  events: Type.Array(Type.String()),
  created_at: Time,
}
const Webhook = Type.Object(webhookFields)
const NewWebhook = Type.Object({
  ...webhookFields,
  secret: Type.String({ description: 'Signs every delivery; shown once' }),
})
const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const
const Delivery = Type.Object({
  id: Id,
  webhook_id: Id,
  conversation_id: Id,
  message_id: Nullable(Id),
  event: Type.String(),
  status: OneOf(DELIVERY_STATUSES),
  tries: Type.Integer(),
  response_status: Nullable(Type.Integer()),
  evidence: Nullable(Type.String({ description: 'The receiver’s words, or why there are none' })),
  created_at: Time,
  finished_at: Nullable(Time),
})
const Events = Type.Array(OneOf(EVENTS), { minItems: 1, maxItems: EVENTS.length })
const Bot = Type.Object({
  id: Id,
  name: Type.String(),
  is_claudia: Type.Boolean(),
  endpoint: Type.String(),
  created_at: Time,
})
const BotWithSecret = Type.Object({
  ...Bot.properties,
  secret: Nullable(Type.String({ description: 'Shown once, when it was generated' })),
})

export function integrationRoutes(app: App, deps: Deps): void {
  const { db, vault } = deps
  const showsSecret = { ...ACCOUNT_ADMINS, secretReply: true }

  app.get(
    '/webhooks',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['webhooks'],
        summary: 'List outgoing webhooks',
        params: AccountParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(Webhook)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit } = request.query
      const afterId = idCursor(cursor)
      const rows = await listWebhooks(db, accountId, { afterId, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.id], presentWebhook)
    },
  )

  app.post(
    '/webhooks',
    {
      config: showsSecret,
      schema: {
        tags: ['webhooks'],
        summary: 'Add an outgoing webhook',
        params: AccountParams,
        body: Type.Object({ url: Url, events: Events }),
        response: replies(201, NewWebhook),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const { url, events } = request.body
      checkUrl('url', url)
      const secret = randomBytes(32).toString('base64url')
      const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, secret)
      const webhook = { url, events: [...new Set(events)] }
      return once(deps, request, reply, 201, async (trx) => {
        const row = await insertWebhook(trx, accountId, webhook, seal)
        return { ...presentWebhook(row), secret }
      })
    },
  )

  app.get(
    '/webhooks/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['webhooks'],
        summary: 'One outgoing webhook',
        params: ItemParams,
        response: replies(200, Webhook),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      return presentWebhook(found(await findWebhook(db, accountId, request.params.id)))
    },
  )

  app.patch(
    '/webhooks/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['webhooks'],
        summary: 'Change an outgoing webhook',
        params: ItemParams,
        body: Type.Object({ url: Type.Optional(Url), events: Type.Optional(Events) }),
        response: replies(200, Webhook),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { url, events } = request.body
      if (url !== undefined) checkUrl('url', url)
      const changed = await updateWebhook(db, accountId, request.params.id, { url, events })
      return presentWebhook(found(changed))
    },
  )

  app.delete(
    '/webhooks/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['webhooks'],
        summary: 'Remove an outgoing webhook',
        params: ItemParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      if (!(await deleteWebhook(db, accountId, request.params.id))) throw apiError('not_found')
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/webhook_deliveries',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['webhooks'],
        summary:
          'What webhooks were told of conversations, newest first; kept as long as the account says',
        params: AccountParams,
        querystring: Type.Object({
          webhook_id: Type.Optional(Id),
          conversation_id: Type.Optional(Id),
          status: Type.Optional(OneOf(DELIVERY_STATUSES)),
          ...pageQuery,
        }),
        response: replies(200, pageSchema(Delivery)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit, webhook_id, conversation_id, status } = request.query
      const rows = await listWebhookDeliveries(db, accountId, {
        webhookId: webhook_id,
        conversationId: conversation_id,
        status,
        beforeId: idCursor(cursor),
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.id], presentDelivery)
    },
  )

  app.post(
    '/webhook_deliveries/:id/replay',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['webhooks'],
        summary: 'Deliver once more, under the same webhook-id',
        params: ItemParams,
        response: replies(200, Delivery),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      return once(deps, request, reply, 200, async (trx) =>
        presentDelivery(found(await replayWebhookDelivery(trx, accountId, request.params.id))),
      )
    },
  )

  app.get(
    '/bots',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['bots'],
        summary: 'Bots and their endpoints',
        params: AccountParams,
        response: replies(200, Type.Object({ data: Type.Array(Bot) })),
      },
    },
    async (request) => {
      const rows = await listBots(db, callerOf(request).accountId)
      return { data: rows.map(presentBot) }
    },
  )

  app.put(
    '/bots/:id',
    {
      config: showsSecret,
      schema: {
        tags: ['bots'],
        summary: 'Set the endpoint and the secret of a bot, such as ClaudIA',
        description: 'Without a secret the stored one stays; a bot without one gets a new one.',
        params: ItemParams,
        body: Type.Object({ endpoint: Url, secret: Type.Optional(Secret) }),
        response: replies(200, BotWithSecret),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = request.params
      const { endpoint, secret } = request.body
      found(await findBotUser(db, accountId, id))
      checkUrl('endpoint', endpoint)
      const existing = await findBotOf(db, accountId, id)
      const fresh = existing === undefined && secret === undefined
      const used = fresh ? randomBytes(32).toString('base64url') : secret
      const sealed = used && vault.seal({ accountId, row: `bots/${id}` }, used)
      await saveBot(db, accountId, id, endpoint, sealed || undefined)
      const row = found(await findBotOf(db, accountId, id))
      return { ...presentBot(row), secret: fresh ? (used ?? null) : null }
    },
  )
}

function found<T>(row: T | undefined): T {
  if (row === undefined) throw apiError('not_found')
  return row
}

/** Where it leads is judged when it is dialled (net/); here only that it can be an address. */
function checkUrl(field: string, url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || parsed.username !== '' || parsed.password !== '') {
    throw invalidField(field, 'not_a_url')
  }
}

function presentWebhook(row: WebhookRow): Static<typeof Webhook> {
  const { id, url, events, created_at } = row
  return { id, url, events, created_at: created_at.toISOString() }
}

function presentDelivery(row: WebhookDeliveryRow): Static<typeof Delivery> {
  const { id, webhook_id, conversation_id, message_id, event, status, tries } = row
  const { response_status, evidence, created_at, finished_at } = row
  return {
    id,
    webhook_id,
    conversation_id,
    message_id,
    event,
    status,
    tries,
    response_status,
    evidence,
    created_at: created_at.toISOString(),
    finished_at: AsText(finished_at),
  }
}

function presentBot(row: BotRow): Static<typeof Bot> {
  return {
    id: row.user_id,
    name: row.name,
    is_claudia: row.key === 'claudia',
    endpoint: row.endpoint,
    created_at: row.created_at.toISOString(),
  }
}
