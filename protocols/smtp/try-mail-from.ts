// Asks whether a server lets a login write as an address, without sending anything.
import type SMTPConnection from 'nodemailer/lib/smtp-connection'

/**
 * MAIL FROM, then RSET. nodemailer sends a whole envelope only, so its command queue is used.
 * @throws nodemailer-like error with `responseCode` for `classifySmtp`
 */
export function tryMailFrom(connection: SMTPConnection, address: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const lost = () => reject(Object.assign(new Error('Connection lost'), { code: 'ECONNECTION' }))
  const timer = setTimeout(lost, 60_000)
  connection.once('error', reject)
  connection.once('end', lost)
  const queue = connection as unknown as CommandQueue
  queue._responseActions.push((reply) => {
    const responseCode = Number(reply.slice(0, 3))
    if (responseCode < 400) resolve()
    else {
      const failure = { code: 'EENVELOPE', responseCode, response: reply, command: 'MAIL FROM' }
      reject(Object.assign(new Error('The sender was refused'), failure))
    }
  })
  queue._sendCommand(`MAIL FROM:<${address.replace(/[\r\n<>]/g, '')}>`)
  return promise.finally(() => clearTimeout(timer))
}

interface CommandQueue {
  _responseActions: ((reply: string) => void)[]
  _sendCommand(line: string): void
}
