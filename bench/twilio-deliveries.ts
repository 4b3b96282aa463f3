// A connected WhatsApp inbox and what Twilio would send to it, signed beforehand: Twilio's own work is
// none of ours.
import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import type { Database } from '../db/client.ts'
import { writeCredentials } from '../db/credentials.ts'
import type { Vault } from '../db/encryption.ts'
import { createInbox } from '../messaging/create-inbox.ts'

export const publicUrl = 'https://hooks.example.com'

/** As many connections as Twilio holds to a busy receiver, more or less. */
const CONNECTIONS = 64

const NUMBER = '+14155238886'
const ACCOUNT = `AC${'0'.repeat(32)}`
const token = randomBytes(16).toString('hex')

export async function connectTwilio(db: Database, vault: Vault, accountId: number) {
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    name: 'WhatsApp',
    channel: 'whatsapp_twilio',
    address: NUMBER,
    settings: { number: NUMBER, account_sid: ACCOUNT },
    credentials: {},
  })
  const ref = { accountId, inboxId }
  await writeCredentials(db, vault, ref, { auth_token: token }, new Date())
  await db.updateTable('inboxes').set({ phase: 'active' }).where('id', '=', inboxId).execute()
  return ref
}

export interface TwilioDelivery {
  path: string
  body: string
  signature: string
}

/** A message of one of so many contacts. */
export function deliveryOf(inboxId: number, contact: number): TwilioDelivery {
  const path = `/webhooks/whatsapp_twilio/${inboxId}`
  const sid = `SM${randomBytes(16).toString('hex')}`
  const from = `+55119${String(80_000_000 + contact)}`
  const params = {
    SmsMessageSid: sid,
    NumMedia: '0',
    ProfileName: 'Contato',
    MessageType: 'text',
    SmsSid: sid,
    WaId: from.slice(1),
    SmsStatus: 'received',
    Body: 'Bom dia, gostaria de saber do meu pedido, que ainda não chegou. '.repeat(2),
    To: `whatsapp:${NUMBER}`,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: ACCOUNT,
    From: `whatsapp:${from}`,
    ApiVersion: '2010-04-01',
  }
  return {
    path,
    body: new URLSearchParams(params).toString(),
    signature: getExpectedTwilioSignature(token, `${publicUrl}${path}`, params),
  }
}

/** Twilio's side: it holds its connections open. */
export function createSender() {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

  /** Milliseconds until the answer. */
  function post(port: number, { path, body, signature }: TwilioDelivery): Promise<number> {
    const began = performance.now()
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent,
          host: '127.0.0.1',
          port,
          path,
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
            'x-twilio-signature': signature,
          },
        },
        (response) => {
          response.resume()
          response.on('end', () =>
            response.statusCode === 200
              ? resolve(performance.now() - began)
              : reject(new Error(`HTTP ${response.statusCode}`)),
          )
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  return {
    post,
    /** All of them, as fast as the connections carry them; a second. */
    async flood(port: number, all: readonly TwilioDelivery[]): Promise<number> {
      const began = performance.now()
      let next = 0
      const lane = async () => {
        while (next < all.length) await post(port, all[next++]!)
      }
      await Promise.all(Array.from({ length: CONNECTIONS }, lane))
      return all.length / ((performance.now() - began) / 1000)
    },
    end: () => agent.destroy(),
  }
}
