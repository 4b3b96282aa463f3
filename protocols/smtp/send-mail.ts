// Hands one mail to an SMTP server and tells for certain, where it can be told, what became of it.
import { Readable } from 'node:stream'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { connectSmtp, REPLY_TIMEOUT_MS, type SmtpTarget } from './connect.ts'

export interface OutgoingMail {
  envelope: { from: string; to: string[] }
  raw: Buffer | Readable
  /** Bytes, for servers that want to refuse early. */
  size?: number | undefined
}

export interface SmtpReceipt {
  /** The last reply, which may name the id the server gave. */
  response: string
  rejected: string[]
}

/**
 * `not_transmitted`: the server cannot have the mail, a repeat is safe. `rejected`: it said no.
 * `ambiguous`: the connection was lost after the whole body went out.
 */
export type SendOutcome = 'not_transmitted' | 'rejected' | 'ambiguous'

/** A failed send. The cause is the error that `classifySmtp` reads. */
export class SmtpSendFailed extends Error {
  readonly outcome: SendOutcome

  constructor(outcome: SendOutcome, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'SmtpSendFailed'
    this.outcome = outcome
  }
}

/**
 * Sends; `onTransmitting` is awaited after the server's 354 and before the first byte of the body.
 * @throws SmtpSendFailed
 */
export async function sendMail(
  target: SmtpTarget,
  mail: OutgoingMail,
  hooks: { onTransmitting(): Promise<void> },
): Promise<SmtpReceipt> {
  const connection = await connectSmtp(target).catch((error: unknown) => {
    throw new SmtpSendFailed('not_transmitted', error)
  })
  const progress = { started: false, complete: false }
  try {
    const receipt = await transmit(connection, target, mail, lazily(mail.raw, hooks, progress))
    connection.quit()
    return receipt
  } catch (error) {
    connection.close()
    throw new SmtpSendFailed(outcomeOf(error, progress.complete), error)
  }
}

function transmit(
  connection: SMTPConnection,
  target: SmtpTarget,
  mail: OutgoingMail,
  body: Readable,
): Promise<SmtpReceipt> {
  const { promise, resolve, reject } = Promise.withResolvers<SmtpReceipt>()
  const fail = (error: Error) => reject(error)
  const late = () => fail(Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' }))
  const timer = setTimeout(late, target.replyTimeoutMs ?? REPLY_TIMEOUT_MS)
  const abort = () => fail(Object.assign(new Error('Stopped'), { code: 'ECONNABORTED' }))
  target.signal?.addEventListener('abort', abort, { once: true })
  connection.once('error', fail)
  const envelope = { ...mail.envelope, ...(mail.size === undefined ? {} : { size: mail.size }) }
  connection.send(envelope, body, (error, info) => {
    if (error) fail(error)
    else resolve({ response: info.response, rejected: info.rejected ?? [] })
  })
  return promise.finally(() => {
    clearTimeout(timer)
    target.signal?.removeEventListener('abort', abort)
    body.destroy()
  })
}

// A stream that nobody reads before 354: nodemailer pipes it only then.
function lazily(
  raw: Buffer | Readable,
  hooks: { onTransmitting(): Promise<void> },
  progress: { started: boolean; complete: boolean },
): Readable {
  const chunks = async function* () {
    await hooks.onTransmitting()
    progress.started = true
    if (Buffer.isBuffer(raw)) {
      for (let i = 0; i < raw.length; i += CHUNK) yield raw.subarray(i, i + CHUNK)
    } else {
      yield* raw
    }
    // Only now can the final dot go out; without it no server may deliver (RFC 5321 4.1.1.4).
    progress.complete = true
  }
  return Readable.from(chunks(), { objectMode: false, highWaterMark: CHUNK })
}

const CHUNK = 64 * 1024

function outcomeOf(error: unknown, complete: boolean): SendOutcome {
  const { responseCode, code } = error as { responseCode?: number; code?: string }
  if (responseCode !== undefined && responseCode >= 500) return 'rejected'
  if (responseCode !== undefined || code === 'ESTREAM' || code === 'EENVELOPE') {
    return 'not_transmitted'
  }
  if (code === 'EMESSAGE') return 'rejected'
  return complete ? 'ambiguous' : 'not_transmitted'
}
