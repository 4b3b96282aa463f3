// Where Meta pushes: one address for every page and number of the operator's app. A batch holds
// entries of several inboxes, also of several accounts.
import { timingSafeEqual } from 'node:crypto'
import { SignatureRefused } from '../../channels/errors.ts'
import { metaWebhookOf } from '../../channels/pushed.ts'
import type { DeliveredEvent } from '../../channels/webhook.ts'
import { findInboxesByProviderId } from '../../db/pushed-inboxes.ts'
import type { ChannelType } from '../../domain/inbox.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { createInOrder } from '../in-order.ts'
import { type CountDelivery, createIngress } from '../ingress.ts'
import { keepRawBodies, rawRequest, WEBHOOK_LIMIT } from '../raw-requests.ts'
import { Type } from '../schemas.ts'

const PATH = '/webhooks/meta'
const quiet = { rateLimit: false as const }

/** Without an app there is nobody who could prove anything, so there are no such routes. */
export async function metaWebhookRoutes(app: App, deps: Deps, count: CountDelivery): Promise<void> {
  const { meta } = deps.config
  if (meta === null) return
  const ingress = createIngress(deps, count)
  const inOrder = createInOrder()

  app.get(
    PATH,
    {
      config: quiet,
      schema: { hide: true, querystring: Type.Record(Type.String(), Type.String()) },
    },
    async (request, reply) => {
      const { query } = request
      const isAsked = query['hub.mode'] === 'subscribe'
      if (!isAsked || !isSame(query['hub.verify_token'] ?? '', meta.verifyToken)) {
        throw apiError('signature_refused')
      }
      return reply.type('text/plain').send(query['hub.challenge'] ?? '')
    },
  )

  await app.register(async (scope) => {
    keepRawBodies(scope as unknown as App)
    scope.post(
      PATH,
      { bodyLimit: WEBHOOK_LIMIT, config: quiet, schema: { hide: true } },
      async (request, reply) => {
        const receivedAt = deps.clock()
        const raw = rawRequest(deps, request)
        const about = metaWebhookOf(objectOf(raw.body))
        const { webhook, channel } = about ?? metaWebhookOf('page')!
        try {
          webhook.verify(raw, meta)
        } catch (error) {
          if (!(error instanceof SignatureRefused)) throw error
          count(channel, 'refused')
          throw apiError('signature_refused')
        }
        // Anything but 200 for long makes Meta stop telling us of the pages that we do know.
        if (about) await accept(channel, webhook.parse(raw, receivedAt), receivedAt)
        return reply.type('text/plain').send('EVENT_RECEIVED')
      },
    )
  })

  async function accept(channel: ChannelType, events: DeliveredEvent[], receivedAt: Date) {
    const byAddress = Map.groupBy(events, ({ address }) => address)
    if (byAddress.size === 0) return
    const addresses = [...byAddress.keys()]
    const inboxes = await inOrder(findInboxesByProviderId(deps.db, channel, addresses))
    await Promise.all(
      inboxes.map((inbox) => {
        const own = inbox.providerIds.flatMap((id) => byAddress.get(id) ?? [])
        return ingress.accept(channel, inbox, own, receivedAt)
      }),
    )
    const known = new Set(inboxes.flatMap(({ providerIds }) => providerIds))
    for (const { address } of events) if (!known.has(address)) count(channel, 'unknown')
  }
}

/** Which channel is asked to prove and read it. Nothing of it is believed before. */
function objectOf(body: Buffer): string {
  try {
    const { object, messaging_product } = JSON.parse(body.toString('utf8')) ?? {}
    // Meta's example of a refused history has no envelope.
    return String(object ?? (messaging_product === 'whatsapp' && 'whatsapp_business_account'))
  } catch {
    return ''
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
