// An IMAP server that says what a provider once said, and a proxy that answers instead of a server.

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface Scripted {
  port: number
  close(): void
}

/**
 * Answers the login with `login` (without the tag), or greets with `greeting` and hangs up, or says
 * that nobody need log in.
 */
export function scriptedImap(script: {
  login?: string
  greeting?: string
  preauth?: boolean
}): Promise<Scripted> {
  return listen((socket) => {
    if (script.greeting !== undefined) {
      socket.end(`${script.greeting}\r\n`)
      return
    }
    socket.write(
      `* ${script.preauth ? 'PREAUTH' : 'OK'} [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR ID] ready\r\n`,
    )
    eachLine(socket, (line) => {
      const [tag = '', command = ''] = line.split(' ')
      if (/^CAPABILITY$/i.test(command))
        socket.write('* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n')
      if (/^(?:LOGIN|AUTHENTICATE)$/i.test(command)) socket.write(`${tag} ${script.login}\r\n`)
      else socket.write(`${tag} OK done\r\n`)
    })
  })
}

/** Passes everything on, except commands that `instead` answers (without the tag). */
export function answeringProxy(
  serverPort: number,
  instead: (line: string) => string | undefined,
): Promise<Scripted> {
  return listen((socket) => {
    const upstream = connect(serverPort, '127.0.0.1')
    upstream.pipe(socket)
    upstream.on('error', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
    eachLine(socket, (line) => {
      const answer = instead(line)
      if (answer === undefined) upstream.write(`${line}\r\n`)
      else socket.write(`${line.split(' ')[0]} ${answer}\r\n`)
    })
  })
}

function eachLine(socket: Socket, take: (line: string) => void): void {
  let rest = ''
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n')
    rest = lines.pop()!
    for (const line of lines) take(line)
  })
}

async function listen(take: (socket: Socket) => void): Promise<Scripted> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    take(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port, close }
}
