// The contract of every channel, kept by WhatsApp through Twilio.
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { afterAll, expect, test } from 'vitest'
import type { Channel, Connection } from '../../../channels/channel.ts'
import type { WebhookRequest } from '../../../channels/webhook.ts'
import {
  createTwilio,
  type TwilioCredentials,
  type TwilioSettings,
} from '../../../channels/whatsapp-twilio/index.ts'
import { channelContract } from '../../channel-contract.ts'
import type { SimSender } from '../../simulators/twilio/resources.ts'
import samples from '../../simulators/twilio/samples.json' with { type: 'json' }
import { startTwilio } from '../../simulators/twilio/twilio.ts'

type TwilioConnection = Connection<TwilioSettings, TwilioCredentials>

const twilio = await startTwilio()
const senders = new Map<string, SimSender>()
const CONTACT = 'whatsapp:+351912345678'

afterAll(() => twilio.stop())

let numbers = 0
function connection(): TwilioConnection {
  const account = twilio.account()
  const sender = twilio.sender(account, `+1415000${String(++numbers).padStart(4, '0')}`)
  senders.set(sender.number, sender)
  return {
    settings: { number: sender.number, account_sid: account.sid },
    credentials: { auth_token: account.token },
  }
}
const senderOf = ({ settings }: Connection) => senders.get((settings as TwilioSettings).number)!

/** Answers every listing so. */
const answering = (status: number, code: number) => async () => {
  const made = connection()
  twilio.answers.set(`${made.settings.account_sid}/Messages`, { status, code, message: 'no' })
  return made
}

const url = 'https://hooks.example.com/webhooks/twilio/whatsapp/in_1'
const requestOf = (params: Record<string, string>, signature: string): WebhookRequest => ({
  method: 'POST',
  url,
  query: '',
  contentType: 'application/x-www-form-urlencoded',
  headers: { 'x-twilio-signature': signature },
  body: Buffer.from(new URLSearchParams(params).toString()),
})
const sent = [samples.inbound_text, samples.inbound_media, samples.status_undelivered].map(
  ({ params }) => params as Record<string, string>,
)
const signed = (params: Record<string, string>, token = 'test-auth-token') =>
  getExpectedTwilioSignature(token, url, params)

channelContract(createTwilio({ allowHosts: ['127.0.0.1'] }, twilio.origin) as Channel, {
  connection,
  refused: ({ settings }) => ({ settings, credentials: { auth_token: 'not-this-one-at-all' } }),
  secrets: ['not-this-one-at-all'],
  contact: CONTACT,
  async deliver(to, text, from) {
    const sender = senderOf(to)
    const { message } = await twilio.receive(sender, CONTACT, text, { silent: true })
    if (from === 'us') {
      Object.assign(message, { direction: 'outbound-api', from: message.to, to: CONTACT })
    }
  },
  failures: [
    [
      'a refused token',
      async () => ({ ...connection(), credentials: { auth_token: 'refused' } }),
      'ReauthorizationRequired',
    ],
    ['a limit', answering(429, 20429), 'RateLimited'],
    ['a server in trouble', answering(503, 20503), 'Unavailable'],
    ['a refusal of this call alone', answering(401, 20003), 'Unavailable'],
    ['a call that Twilio does not do', answering(400, 20001), 'Unavailable'],
    [
      'a suspended account',
      async () => {
        const made = connection()
        senderOf(made).account.status = 'suspended'
        return made
      },
      'ActionRequired',
    ],
  ],
  async lostAfterSending() {
    twilio.faults.push({ kind: 'lost_reply' })
    return connection()
  },
  webhooks: {
    credentials: { auth_token: 'test-auth-token' },
    requests: sent.map((params) => requestOf(params, signed(params))),
    forged: [
      requestOf(sent[0]!, ''),
      requestOf(sent[0]!, signed(sent[1]!)),
      requestOf(sent[0]!, signed(sent[0]!, 'another-token')),
    ],
  },
})

test('every request was as Twilio’s documents say', () => {
  expect(twilio.problems).toEqual([])
})
