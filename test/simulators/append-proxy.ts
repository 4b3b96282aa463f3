// A proxy before an IMAP server that lets nothing pass any more once a mail is being filed.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface AppendProxy {
  readonly port: number
  /** Whether a connection was held up. It happens once. */
  readonly struck: boolean
  close(): void
}

/** `asked`: the server never hears of the first APPEND; `answered`: the client never hears its reply. */
export async function startAppendProxy(
  serverPort: number,
  when: 'asked' | 'answered',
): Promise<AppendProxy> {
  const sockets = new Set<Socket>()
  let struck = false

  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1')
    let tag: string | undefined
    let held = false
    const hold = () => {
      struck = true
      held = true
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.on('data', (chunk) => {
      tag ??= /^(\S+) APPEND /im.exec(chunk.toString('latin1'))?.[1]
      if (tag !== undefined && when === 'asked' && !struck) hold()
      if (!held) upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      const ends = tag !== undefined && chunk.toString('latin1').includes(`${tag} OK`)
      if (ends && when === 'answered' && !struck) hold()
      if (!held) client.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    get struck() {
      return struck
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
