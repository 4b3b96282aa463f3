// The contract of every channel, kept by WhatsApp by the Cloud API.
import { afterAll } from 'vitest'
import type { Channel, Connection } from '../../../channels/channel.ts'
import type { WebhookRequest } from '../../../channels/webhook.ts'
import { createWhatsAppCloud } from '../../../channels/whatsapp-cloud/index.ts'
import {
  readWhatsAppForm,
  type WhatsAppConnection,
} from '../../../channels/whatsapp-cloud/settings.ts'
import { whatsAppWebhook } from '../../../channels/whatsapp-cloud/webhook.ts'
import { channelContract } from '../../channel-contract.ts'
import { Refusal, startGraph } from '../../simulators/meta/graph.ts'
import { samples, signatureOf, wireBody } from '../../simulators/meta/webhook.ts'

const graph = await startGraph()
afterAll(() => graph.stop())

let numbers = 0
function connection(): WhatsAppConnection {
  const { id, number, wabaId, token } = graph.addNumber({ id: String(600_000 + ++numbers) })
  return readWhatsAppForm({
    phone_number: number,
    phone_number_id: id,
    waba_id: wabaId,
    access_token: token,
  })
}

/** Answers every question about the account so. */
const answering =
  (...refusal: ConstructorParameters<typeof Refusal>) =>
  async () => {
    const made = connection()
    graph.refuse.set(`/${made.settings.waba_id}/phone_numbers`, new Refusal(...refusal))
    return made
  }

const requestOf = (body: Buffer, signature: string): WebhookRequest => ({
  method: 'POST',
  url: 'https://hooks.example.com/webhooks/meta',
  query: '',
  contentType: 'application/json',
  headers: { 'x-hub-signature-256': signature },
  body,
})
const { appSecret } = graph.app
const signed = (payload: unknown, secret = appSecret) => {
  const body = wireBody(payload)
  return requestOf(body, signatureOf(secret, body))
}
const { echo_text, unsupported_131060, history_media, status_failed_131047 } =
  samples('coexistence')

channelContract(createWhatsAppCloud(graph.app, graph.policy) as Channel, {
  connection,
  refused: ({ settings }) => ({ settings, credentials: { access_token: 'EAA-not-this-one' } }),
  secrets: ['EAA-not-this-one', appSecret],
  contact: '+16505551234',
  failures: [
    [
      'a dead token',
      async () => {
        const made = connection()
        graph.deaths.set(made.credentials.access_token, 460)
        return made
      },
      'ReauthorizationRequired',
    ],
    ['a limit', answering(400, 80_007, '(#80007) Rate limit issues'), 'RateLimited'],
    ['a server in trouble', answering(500, 2, 'Service temporarily unavailable'), 'Unavailable'],
    ['a refusal of this call alone', answering(401, 190, 'Error validating'), 'Unavailable'],
    ['a permission that is gone', answering(403, 200, '(#200) Permissions'), 'ActionRequired'],
  ],
  async lostAfterSending() {
    graph.dropReply = true
    return connection() as Connection
  },
  webhooks: {
    webhook: whatsAppWebhook,
    credentials: graph.app,
    requests: [echo_text, unsupported_131060, history_media, status_failed_131047].map((one) =>
      signed(one),
    ),
    ours: signed(echo_text),
    forged: [
      requestOf(wireBody(echo_text), ''),
      requestOf(wireBody(echo_text), signatureOf(appSecret, wireBody(history_media))),
      signed(echo_text, 'the-secret-of-another-app'),
    ],
  },
})
