// Somebody's endpoint: keeps what is posted to it and answers as told.
import { createServer, type IncomingHttpHeaders } from 'node:http'

export interface Posted {
  headers: IncomingHttpHeaders
  text: string
}

export type WebhookReceiver = Awaited<ReturnType<typeof startWebhookReceiver>>

/** Call stop() in afterAll. */
export async function startWebhookReceiver() {
  const posted: Posted[] = []
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    posted.push({ headers: request.headers, text })
    response.writeHead(answers.shift() ?? 204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/hook`,
    posted,
    /** Statuses of the next requests; 204 afterwards. */
    answer: (...statuses: number[]) => void answers.push(...statuses),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
