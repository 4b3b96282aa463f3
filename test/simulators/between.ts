// A program between a client and its server on this machine, to which `meet` gives a behaviour.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Between {
  readonly port: number
  close(): void
}

/** `meet` is called for each connection, before anything passes; it alone lets things pass. */
export async function startBetween(
  serverPort: number,
  meet: (client: Socket, upstream: Socket) => void,
): Promise<Between> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
    }
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    meet(client, upstream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
