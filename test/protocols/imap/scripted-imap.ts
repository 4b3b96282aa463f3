// An IMAP server that says what a provider once said, and a proxy that answers instead of a server.

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface Scripted {
  port: number
  close(): void
}

export interface ImapScript {
  /** The answer to the login, without the tag. */
  login?: string
  /** Greets with it and hangs up. */
  greeting?: string
  /** Says that nobody need log in. */
  preauth?: boolean
  /** PLAIN unless said otherwise. */
  mechanism?: 'PLAIN' | 'XOAUTH2' | 'OAUTHBEARER'
  /** Why the token is refused, said before `login`, which waits for the client to acknowledge it. */
  refusal?: object
}

export function scriptedImap(script: ImapScript): Promise<Scripted> {
  const { login, greeting, preauth = false, mechanism = 'PLAIN', refusal } = script
  const offered = `IMAP4rev1 AUTH=${mechanism} SASL-IR`
  return listen((socket) => {
    if (greeting !== undefined) {
      socket.end(`${greeting}\r\n`)
      return
    }
    socket.write(`* ${preauth ? 'PREAUTH' : 'OK'} [CAPABILITY ${offered} ID] ready\r\n`)
    let refused: string | undefined
    eachLine(socket, (line) => {
      const [tag = '', command = ''] = line.split(' ')
      if (refused !== undefined) {
        socket.write(`${refused} ${login}\r\n`)
        refused = undefined
        return
      }
      if (/^CAPABILITY$/i.test(command)) socket.write(`* CAPABILITY ${offered}\r\n`)
      if (!/^(?:LOGIN|AUTHENTICATE)$/i.test(command)) socket.write(`${tag} OK done\r\n`)
      else if (refusal === undefined) socket.write(`${tag} ${login}\r\n`)
      else {
        refused = tag
        socket.write(`+ ${Buffer.from(JSON.stringify(refusal)).toString('base64')}\r\n`)
      }
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
