// ClaudIA's endpoint as a bot would build it: it says yes and remembers by webhook-id, so that a
// delivery repeated after a crash is handled once.
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Handled {
  /** The event's id: the same for every repeat. */
  id: string
  at: Date
  messageId: number
  conversationId: number
  content: string
  body: string
  headers: IncomingHttpHeaders
  rightlySigned: boolean
}

export type TestBot = Awaited<ReturnType<typeof startTestBot>>

export async function startTestBot(secret: string) {
  const handled = new Map<string, Handled>()
  let requests = 0
  const server = createServer(async (request, response) => {
    const at = new Date()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const { headers } = request
    const id = String(headers['webhook-id'])
    const signature = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
      .update(`${id}.${headers['webhook-timestamp']}.${body}`)
      .digest('base64')
    const { message, conversation } = JSON.parse(body)
    requests += 1
    if (!handled.has(id)) {
      handled.set(id, {
        id,
        at,
        messageId: message.id,
        conversationId: conversation.id,
        content: message.content ?? '',
        body,
        headers,
        rightlySigned: headers['webhook-signature'] === `v1,${signature}`,
      })
    }
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/claudia`,
    secret,
    /** Once each, in the order they came. */
    get handled() {
      return [...handled.values()]
    },
    /** Repeats included. */
    get requests() {
      return requests
    },
    about: (messageId: number) =>
      [...handled.values()].filter((one) => one.messageId === messageId),
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
