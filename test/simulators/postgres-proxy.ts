// A proxy before Postgres that falls silent at the reply to a command of the kind it is told: what
// the command did is done, and whoever asked never hears of it.
import { type Between, startBetween } from './between.ts'

/** As the server tags its replies (protocol-message-formats, CommandComplete). */
export type CommandTag = 'INSERT' | 'UPDATE' | 'COMMIT'

export interface PostgresProxy extends Between {
  /** Whether the reply it waited for has come. It is held back once. */
  readonly struck: boolean
  holdReplyTo(tag: CommandTag): void
}

export async function startPostgresProxy(serverPort: number): Promise<PostgresProxy> {
  let waiting: CommandTag | undefined
  let struck = false

  const { port, close } = await startBetween(serverPort, (client, upstream) => {
    client.on('data', (chunk) => upstream.write(chunk))
    let rest: Buffer = Buffer.alloc(0)
    upstream.on('data', (chunk) => {
      const replies = framed(Buffer.concat([rest, chunk]))
      rest = replies.rest
      for (const reply of replies.whole) {
        if (waiting !== undefined && tagOf(reply) === waiting) {
          waiting = undefined
          struck = true
          upstream.removeAllListeners('data')
          upstream.resume()
          return
        }
        client.write(reply)
      }
    })
  })
  return {
    port,
    close,
    get struck() {
      return struck
    },
    holdReplyTo(tag) {
      waiting = tag
      struck = false
    },
  }
}

/** A reply is a letter, its length with these four bytes, and that much. */
function framed(bytes: Buffer): { whole: Buffer[]; rest: Buffer } {
  const whole: Buffer[] = []
  let at = 0
  while (at + 5 <= bytes.length) {
    const end = at + 1 + bytes.readInt32BE(at + 1)
    if (end > bytes.length) break
    whole.push(bytes.subarray(at, end))
    at = end
  }
  return { whole, rest: bytes.subarray(at) }
}

/** `INSERT 0 1` is an INSERT. Undefined for what ends no command. */
function tagOf(reply: Buffer): string | undefined {
  if (reply[0] !== 0x43) return undefined
  return /^\w+/.exec(reply.toString('latin1', 5))?.[0]
}
