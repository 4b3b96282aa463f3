// What providers pushed to an inbox: looked at without what anybody wrote, and read again.
import { webhookOf } from '../../channels/pushed.ts'
import {
  type DeliveryRow,
  findDelivery,
  listDeliveries,
  markReplayed,
} from '../../db/inbound-deliveries.ts'
import { findInbox } from '../../db/inboxes.ts'
import { applyEvents, understoodAs } from '../../messaging/store-deliveries.ts'
import { ADMINS, callerOf, visible } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { once } from '../idempotency.ts'
import { forInbox } from '../ingress.ts'
import { ownInbox } from '../own-inbox.ts'
import { idCursor, pageOf } from '../pages.ts'
import {
  AsText,
  Id,
  ItemParams,
  JsonObject,
  Nullable,
  OneOf,
  pageQuery,
  pageSchema,
  replies,
  type Static,
  Time,
  Type,
} from '../schemas.ts'

const KINDS = ['message', 'status', 'change', 'channel', 'history', 'unknown', 'failed'] as const
const Delivery = Type.Object({
  id: Id,
  inbox_id: Id,
  kind: OneOf(
    KINDS,
    'change: of a message; channel: about the inbox itself; history: a chunk of it; unknown: nothing we act on; ' +
      'failed: kept, but it could not be stored',
  ),
  external_id: Nullable(Type.String({ description: 'Of the message it is about' })),
  reason: Nullable(Type.String()),
  received_at: Time,
  replayed_at: Nullable(Time),
})
const DeliveryWithContent = Type.Object({
  ...Delivery.properties,
  content: JsonObject,
})

export function deliveryRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.get(
    '/inboxes/:id/deliveries',
    {
      config: ADMINS,
      schema: {
        tags: ['deliveries'],
        summary:
          'What the provider pushed to an inbox, newest first, for as long as the account keeps it',
        params: ItemParams,
        querystring: Type.Object({ kind: Type.Optional(OneOf(KINDS)), ...pageQuery }),
        response: replies(200, pageSchema(Delivery)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit, kind } = request.query
      const { id } = await ownInbox(db, request)
      const filter = { kind, beforeId: idCursor(cursor), limit: limit + 1 }
      const rows = await listDeliveries(db, accountId, id, filter)
      return pageOf(rows, limit, (row) => [row.id], presentDelivery)
    },
  )

  app.get(
    '/deliveries/:id',
    {
      config: ADMINS,
      schema: {
        tags: ['deliveries'],
        summary: 'One delivery, redacted',
        description: 'Texts are shown as their length, of numbers only the end.',
        params: ItemParams,
        response: replies(200, DeliveryWithContent),
      },
    },
    async (request) => {
      const { row, webhook } = await delivery(request)
      return { ...presentDelivery(row), content: webhook.redact(partOf(row)) }
    },
  )

  app.post(
    '/deliveries/:id/replay',
    {
      config: ADMINS,
      schema: {
        tags: ['deliveries'],
        summary: 'Read a delivery again',
        description: 'What it brought before is not doubled.',
        params: ItemParams,
        response: replies(200, Delivery),
      },
    },
    async (request, reply) => {
      const { accountId, row, inbox, webhook } = await delivery(request)
      if (inbox.phase === 'disconnected') throw apiError('inbox_disconnected')
      const named = { channelKey: inbox.channel_key, providerIds: inbox.provider_ids }
      const [event] = webhook
        .parse(partOf(row), row.received_at)
        .map((one) => forInbox(inbox.channel, named, one))
      if (event === undefined) throw apiError('not_found')
      return once(deps, request, reply, 200, async (trx) => {
        const pushed = {
          accountId,
          inboxId: inbox.id,
          now: deps.clock(),
          lastGoodSyncAt: inbox.last_good_sync_at,
        }
        await applyEvents(trx, pushed, [event])
        await markReplayed(trx, accountId, row.id, understoodAs(event.event))
        return presentDelivery((await findDelivery(trx, accountId, row.id))!)
      })
    },
  )

  async function delivery(request: Parameters<typeof callerOf>[0]) {
    const caller = callerOf(request)
    const { accountId } = caller
    const { id } = request.params as Static<typeof ItemParams>
    const row = visible(caller, await findDelivery(db, accountId, id), (one) => one.inbox_id)
    const inbox = (await findInbox(db, accountId, row.inbox_id))!
    const webhook = webhookOf(inbox.channel)
    if (!webhook) throw apiError('not_found')
    return { accountId, row, inbox, webhook }
  }
}

function partOf({ content_type, query, body }: DeliveryRow) {
  return { contentType: content_type, query, body }
}

function presentDelivery(
  row: Omit<DeliveryRow, 'body' | 'content_type' | 'query'>,
): Static<typeof Delivery> {
  return {
    id: row.id,
    inbox_id: row.inbox_id,
    kind: row.kind,
    external_id: row.external_id,
    reason: row.reason,
    received_at: row.received_at.toISOString(),
    replayed_at: AsText(row.replayed_at),
  }
}
