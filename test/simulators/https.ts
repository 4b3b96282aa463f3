// A web server on the real port 443 of an address of its own, since nobody can say another port in
// an autoconfig address. Which loopback address it gets is drawn, so that copies run side by side.
import { randomInt } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { SelfSigned } from '../../scripts/servers/self-signed.ts'

export interface HttpsServer {
  /** In 127.0.0.0/8. */
  readonly address: string
  close(): void
}

export async function startHttps(
  { cert, key }: SelfSigned,
  listener: RequestListener,
): Promise<HttpsServer> {
  const server = createServer({ cert, key }, listener)
  const address = ['127', randomInt(1, 255), randomInt(256), randomInt(1, 255)].join('.')
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(443, address, resolve)
  })
  return {
    address,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
