// A reference bot in ClaudIA's place: proves each delivery's signature, acknowledges at once, then
// answers through the API with its own key, or hands the conversation to people.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ApiClient } from './api-client.ts'

/** What the platform posts for each message that ClaudIA is asked about. */
export interface BotDelivery {
  id: string
  message: { id: number; content: string }
  conversation: { id: number; subject: string; contact: { name: string } }
}

/** Older signatures are replays (Standard Webhooks 1.0 leaves the window to the receiver). */
const TOLERANCE_S = 5 * 60
const WANTS_A_PERSON = /\b(pessoa|humano|atendente|person|human)\b/i

export interface Bot {
  readonly endpoint: string
  /** Deliveries whose signature was right. */
  readonly asked: readonly BotDelivery[]
  /** Those that were refused. */
  readonly refused: number
  /** Told once they are known: the platform makes the secret, and a key for ClaudIA's user. */
  connect(secret: string, api: ApiClient): void
  stop(): Promise<void>
}

export async function startBot(say: (line: string) => void): Promise<Bot> {
  const asked: BotDelivery[] = []
  const seen = new Set<string>()
  let connection: { secret: string; api: ApiClient } | undefined
  let refused = 0

  const server = createServer(async (request, response) => {
    const body = await textOf(request)
    if (!connection || !isGenuine(connection.secret, request, body)) {
      refused += 1
      return response.writeHead(401).end()
    }
    response.writeHead(204).end()
    const delivery = JSON.parse(body) as BotDelivery
    // A delivery whose acknowledgement was lost comes again under the same id.
    if (seen.has(delivery.id)) return
    seen.add(delivery.id)
    asked.push(delivery)
    await answer(connection.api, delivery).catch((error) => say(`ClaudIA: ${error.message}`))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    endpoint: `http://127.0.0.1:${port}/claudia`,
    asked,
    get refused() {
      return refused
    },
    connect(secret, api) {
      connection = { secret, api }
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(api: ApiClient, { id, message, conversation }: BotDelivery): Promise<void> {
  const path = `/conversations/${conversation.id}`
  // The same event answered twice is one answer.
  const once = { 'idempotency-key': `claudia-${id}` }
  if (WANTS_A_PERSON.test(message.content)) {
    const content = 'Claro! Passo a conversa para uma pessoa da equipe. Um momento, por favor.'
    await api.post(`${path}/messages`, { content }, once)
    await api.patch(path, { assignee_id: null, status: 'open' })
    return
  }
  const question = message.content.trim().split('\n')[0]
  // Who writes in a chat may not have said a name.
  const hello = ['Olá', conversation.contact.name].filter(Boolean).join(', ')
  const content = `${hello}! Você perguntou: “${question}”. Sou a ClaudIA.`
  await api.post(`${path}/messages`, { content }, once)
}

/** Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`. */
function isGenuine(secret: string, request: IncomingMessage, body: string): boolean {
  const { headers } = request
  const [id, timestamp] = [headers['webhook-id'], headers['webhook-timestamp']]
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S) return false
  const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest()
  const given = String(headers['webhook-signature'] ?? '').split(' ')
  return given.some((signature) => {
    const bytes = Buffer.from(signature.replace(/^v1,/, ''), 'base64')
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
