// Where providers push. The raw body is kept as it came, the signature comes first, and nothing is
// acknowledged before it is durable.
import { SignatureRefused } from '../../channels/errors.ts'
import { inboxWebhookOf } from '../../channels/pushed.ts'
import { findPushedInbox } from '../../db/pushed-inboxes.ts'
import type { ChannelType } from '../../domain/inbox.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { type CountDelivery, createIngress } from '../ingress.ts'
import { keepRawBodies, rawRequest, WEBHOOK_LIMIT } from '../raw-requests.ts'
import { Id, Type } from '../schemas.ts'

export async function webhookRoutes(app: App, deps: Deps, count: CountDelivery): Promise<void> {
  const ingress = createIngress(deps, count)
  const inboxOf = createInboxReader(deps)
  // After the proof: who only guesses must not use up what the provider may send.
  const limit = app.createRateLimit({
    max: deps.config.webhookRateLimit,
    timeWindow: '1 minute',
    keyGenerator: (request) => `webhooks/${(request.params as { inbox_id: number }).inbox_id}`,
  })

  await app.register(async (scope) => {
    keepRawBodies(scope as unknown as App)
    const webhooks = scope as unknown as App
    webhooks.post(
      '/webhooks/:channel/:inbox_id',
      {
        bodyLimit: WEBHOOK_LIMIT,
        config: { rateLimit: false },
        schema: { hide: true, params: Type.Object({ channel: Type.String(), inbox_id: Id }) },
      },
      async (request, reply) => {
        const { inbox_id } = request.params
        const webhook = inboxWebhookOf(request.params.channel)
        const channel = request.params.channel as ChannelType
        const receivedAt = deps.clock()
        const inbox = webhook && (await inboxOf(channel, inbox_id))
        // Whether there is such an inbox is nobody's business who cannot sign.
        if (!webhook || inbox?.credentials === undefined) throw apiError('signature_refused')
        const raw = rawRequest(deps, request)
        try {
          webhook.verify(raw, inbox.credentials)
        } catch (error) {
          if (!(error instanceof SignatureRefused)) throw error
          count(channel, 'refused')
          request.log.warn({ inbox_id, reason: error.message }, 'A webhook was refused')
          throw apiError('signature_refused')
        }
        const tries = await limit(request)
        if (!tries.isAllowed && tries.isExceeded) {
          count(channel, 'limited')
          throw apiError('rate_limited', undefined, tries.ttlInSeconds)
        }
        await ingress.accept(channel, inbox, webhook.parse(raw, receivedAt), receivedAt)
        // Empty and without a type: Twilio would send any text on to the contact.
        return reply.code(200).send()
      },
    )
  })
}

/**
 * Requests that come while an inbox is being read share the reading: so they go on in the order they
 * came, which many connections to the database would mix up.
 */
function createInboxReader({ db, vault }: Deps) {
  const underWay = new Map<string, ReturnType<typeof findPushedInbox>>()
  return (channel: ChannelType, inboxId: number) => {
    const key = `${channel}/${inboxId}`
    const found =
      underWay.get(key) ??
      findPushedInbox(db, vault, channel, inboxId).finally(() => underWay.delete(key))
    underWay.set(key, found)
    return found
  }
}
