// An SMTP server that answers each step as told, or hangs up at it.

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** Replies by step; `hangup` closes the connection instead, `silence` says nothing. */
export interface SmtpScript {
  greeting?: string
  ehlo?: string
  starttls?: string
  auth?: string
  mail?: string
  rcpt?: string
  data?: string
  /** After the final dot. */
  end?: string
}

export interface ScriptedSmtp {
  port: number
  /** Commands and events in order, bodies as `BODY <bytes>`. */
  heard: string[]
  close(): void
}

export async function scriptedSmtp(script: SmtpScript = {}): Promise<ScriptedSmtp> {
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    converse(socket, script, heard)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, heard, close }
}

function converse(socket: Socket, script: SmtpScript, heard: string[]): void {
  const say = (reply: string) => {
    if (reply === 'hangup') socket.destroy()
    else if (reply !== 'silence') socket.write(`${reply}\r\n`)
  }
  let inBody = false
  let userAsked = false
  let rest = ''
  say(script.greeting ?? '220 test ESMTP')
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1')
    for (;;) {
      const end = inBody ? rest.indexOf('\r\n.\r\n') : rest.indexOf('\r\n')
      if (end === -1) return
      const text = rest.slice(0, end)
      rest = rest.slice(end + (inBody ? 5 : 2))
      if (inBody) {
        inBody = false
        heard.push(`BODY ${text.length}`)
        say(script.end ?? '250 2.0.0 queued as 123')
        continue
      }
      heard.push(text.split(' ')[0]!.toUpperCase())
      const isLogin = /^AUTH LOGIN$/i.test(text)
      // AUTH LOGIN asks twice: for the name, then for the password.
      const reply = userAsked && !isLogin ? '334 UGFzc3dvcmQ6' : replyTo(text, script)
      userAsked = isLogin
      if (reply.startsWith('354')) inBody = true
      say(reply)
    }
  })
}

function replyTo(line: string, script: SmtpScript): string {
  if (/^EHLO/i.test(line)) return script.ehlo ?? '250-test\r\n250 AUTH LOGIN PLAIN CRAM-MD5'
  if (/^AUTH LOGIN$/i.test(line))
    return script.auth?.startsWith('50') ? script.auth : '334 VXNlcm5hbWU6'
  if (/^AUTH PLAIN/i.test(line)) return script.auth ?? '235 2.7.0 ok'
  if (/^MAIL/i.test(line)) return script.mail ?? '250 ok'
  if (/^RCPT/i.test(line)) return script.rcpt ?? '250 ok'
  if (/^DATA/i.test(line)) return script.data ?? '354 go'
  if (/^STARTTLS/i.test(line)) return script.starttls ?? '502 5.5.1 not implemented'
  if (/^QUIT/i.test(line)) return '221 bye'
  if (/^(?:RSET|NOOP)/i.test(line)) return '250 ok'
  return script.auth ?? '235 2.7.0 ok'
}
