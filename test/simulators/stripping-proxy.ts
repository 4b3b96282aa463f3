// A man in the middle who keeps a server and its clients from STARTTLS, and listens.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface StrippingProxy {
  readonly port: number
  readonly connections: number
  /** Everything clients said. */
  heard(): string
  close(): void
}

/** `hide`: takes STARTTLS out of what is offered; `refuse`: leaves it in, and only says no to it. */
export async function startStrippingProxy(
  serverPort: number,
  how: 'hide' | 'refuse',
): Promise<StrippingProxy> {
  const heard: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((client) => {
    connections++
    const upstream = connect(serverPort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    upstream.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      client.write(how === 'hide' ? text.replaceAll('STARTTLS', 'XNOTHING') : text, 'latin1')
    })
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      heard.push(text)
      const command = /^(?:(\S+) )?STARTTLS\r\n$/i.exec(text)
      if (command === null) upstream.write(chunk)
      else client.write(command[1] ? `${command[1]} BAD unknown\r\n` : '502 5.5.1 unknown\r\n')
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections
    },
    heard: () => heard.join(''),
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
