// The contract of every channel, kept by Instagram and Messenger of a page.
import { afterAll } from 'vitest'
import type { Channel, Connection } from '../../../channels/channel.ts'
import { createInstagram } from '../../../channels/instagram/index.ts'
import type {
  InstagramConnection,
  InstagramSettings,
} from '../../../channels/instagram/settings.ts'
import type { WebhookRequest } from '../../../channels/webhook.ts'
import { channelContract } from '../../channel-contract.ts'
import { Refusal, startGraph } from '../../simulators/meta/graph.ts'
import { samples, signatureOf, wireBody } from '../../simulators/meta/webhook.ts'

const graph = await startGraph()
const CONTACT = '5550000000000001'
const { appSecret } = graph.app

afterAll(() => graph.stop())

let pages = 0
function connection(): InstagramConnection {
  const page = graph.addPage({ id: String(900_000 + ++pages) })
  const { id, username } = page.instagram!
  const settings: InstagramSettings = {
    page_id: page.id,
    page_name: page.name,
    instagram_id: id,
    instagram_username: username,
    long_answers: 'refuse',
  }
  return { settings, credentials: { page_token: page.token, user_id: graph.user.id } }
}
const pageOf = ({ settings }: Connection) =>
  graph.pages.get((settings as InstagramSettings).page_id)!

/** Answers the next call so. */
const answering = (status: number, code: number) => async () => {
  const made = connection()
  graph.failures.push(new Refusal(status, code, 'no'))
  return made
}

const { instagram, messenger } = samples('messaging')
// A link that was opened is nothing that anybody wrote.
const { referral_igme, ...understood } = instagram
const bodies = Object.values<object>({ ...understood, ...messenger })
const requestOf = (body: Buffer, signature: string): WebhookRequest => ({
  method: 'POST',
  url: 'https://hooks.example.com/webhooks/meta',
  query: '',
  contentType: 'application/json',
  headers: signature === '' ? {} : { 'x-hub-signature-256': signature },
  body,
})
const signed = (payload: unknown, secret = appSecret) => {
  const body = wireBody(payload)
  return requestOf(body, signatureOf(secret, body))
}

channelContract(createInstagram(graph.app, graph.policy) as Channel, {
  connection,
  refused: ({ settings }) => ({
    settings,
    credentials: { page_token: 'not-this-token', user_id: graph.user.id },
  }),
  secrets: ['not-this-token', appSecret],
  contact: `instagram:${CONTACT}`,
  deliver(to, text, from) {
    const page = pageOf(to)
    const message = graph.write(page, CONTACT, text)
    if (from === 'us') message.from = page.id
  },
  failures: [
    [
      'a token that died',
      async () => {
        const made = connection()
        graph.deaths.set(made.credentials.page_token, 460)
        return made
      },
      'ReauthorizationRequired',
    ],
    ['a refusal of a token that lives', answering(401, 190), 'Unavailable'],
    ['a limit', answering(400, 4), 'RateLimited'],
    ['a server in trouble', answering(500, 2), 'Unavailable'],
    ['a permission that was taken back', answering(403, 200), 'ActionRequired'],
  ],
  async lostAfterSending() {
    const made = connection()
    graph.write(pageOf(made), CONTACT, 'first')
    graph.dropReply = true
    return made
  },
  webhooks: {
    credentials: { appSecret },
    requests: bodies.map((body) => signed(body)),
    forged: [
      requestOf(wireBody(bodies[0]), ''),
      requestOf(wireBody(bodies[0]), signatureOf(appSecret, wireBody(bodies[1]))),
      signed(bodies[0], 'another-secret'),
    ],
  },
})
