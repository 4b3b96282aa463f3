// ClamAV's daemon, asked by its INSTREAM command (clamd(8)).

import { connect, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RefusalReason, Scanner } from './scanned.ts'
import { StorageUnavailable } from './storage.ts'

/** The verdict on an archive takes time; one that takes longer is asked for again later. */
const SILENCE_MS = 120_000

/** `address` is `host:port`, or the path of its socket. */
export function createClamd(address: string): Scanner {
  const [host = '', port] = address.startsWith('/') ? [] : address.split(/:(?=\d+$)/)
  return {
    async scan(content) {
      const socket = port ? connect(Number(port), host) : connect(address)
      try {
        return verdictOf(await answerTo(socket, content))
      } catch (error) {
        throw new StorageUnavailable(error)
      } finally {
        content.destroy()
        socket.destroy()
      }
    },
  }
}

function answerTo(socket: Socket, content: Readable): Promise<string> {
  let answer = ''
  const answered = new Promise<string>((resolve, reject) => {
    socket.setTimeout(SILENCE_MS, () => reject(new Error('The scanner is silent')))
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    // It also hangs up on what is too large for it, with an answer and much still to be sent.
    const ended = (error?: Error) => (answer ? resolve(answer) : reject(error ?? new Error('Lost')))
    socket.on('error', ended)
    socket.on('close', () => ended())
  })
  pipeline(content, framed, socket, { end: false }).catch(() => socket.destroy())
  return answered
}

/** Each chunk behind its length; a length of zero ends the file. */
async function* framed(content: AsyncIterable<Buffer>) {
  yield Buffer.from('zINSTREAM\0')
  for await (const chunk of content) yield Buffer.concat([length(chunk.length), chunk])
  yield length(0)
}

function length(bytes: number): Buffer {
  const frame = Buffer.alloc(4)
  frame.writeUInt32BE(bytes)
  return frame
}

function verdictOf(answer: string): RefusalReason | undefined {
  const text = answer.replace(/\0/g, '').trim()
  if (text.endsWith(': OK')) return undefined
  if (text.endsWith(' FOUND')) return 'infected'
  if (/size limit exceeded/i.test(text)) return 'not_scannable'
  throw new Error(text)
}
