// Asks whether a server lets a login write as an address, without sending anything.
import type SMTPConnection from 'nodemailer/lib/smtp-connection'

/**
 * MAIL FROM and RCPT TO the same address, then RSET. Postfix, for one, keeps its verdict on the
 * sender until it hears a recipient (smtpd_delay_reject). What a server only says at the end of a
 * mail (Exchange: 5.7.60) cannot be known here.
 * @throws nodemailer-like error with `responseCode` for `classifySmtp`
 */
export async function tryMailFrom(connection: SMTPConnection, address: string): Promise<void> {
  const lost = Promise.withResolvers<never>()
  // Nobody may be waiting for it any more.
  lost.promise.catch(() => undefined)
  const late = () => lost.reject(Object.assign(new Error('Lost'), { code: 'ECONNECTION' }))
  const timer = setTimeout(late, 60_000)
  connection.once('error', lost.reject)
  connection.once('end', late)
  // nodemailer sends a whole envelope only, so its command queue is used.
  const queue = connection as unknown as CommandQueue
  const ask = (command: string) => {
    const reply = Promise.withResolvers<string>()
    queue._responseActions.push(reply.resolve)
    queue._sendCommand(command)
    return Promise.race([reply.promise, lost.promise])
  }
  const path = `<${address.replace(/[\r\n<>]/g, '')}>`
  try {
    const sender = await ask(`MAIL FROM:${path}`)
    if (codeOf(sender) >= 400) throw refused(sender)
    const recipient = await ask(`RCPT TO:${path}`)
    // Whether mail to it is taken here is not the question.
    if (codeOf(recipient) >= 500 && ABOUT_THE_SENDER.test(recipient)) throw refused(recipient)
    await ask('RSET')
  } finally {
    clearTimeout(timer)
  }
}

const ABOUT_THE_SENDER = /sender|send as|sendas|not owned by|5\.7\.60/i

const codeOf = (reply: string) => Number(reply.slice(0, 3))

function refused(response: string): Error {
  const failure = { code: 'EENVELOPE', responseCode: codeOf(response), response }
  return Object.assign(new Error('The sender was refused'), failure, { command: 'MAIL FROM' })
}

interface CommandQueue {
  _responseActions: ((reply: string) => void)[]
  _sendCommand(line: string): void
}
