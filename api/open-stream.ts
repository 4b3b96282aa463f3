// A reply that stays open: Server-Sent Events, whoever reads them.
import type { FastifyReply } from 'fastify'

/** Proxies close silent connections after a minute. */
const COMMENT_EVERY_MS = 20_000
/** Bytes for a reader who does not keep up. It is let go; Last-Event-ID brings it back. */
const WAITING_LIMIT = 1_000_000
const COME_BACK = 'retry: 2000\n\n'

export interface OpenStream {
  say(text: string): void
  /** Lets the reader go, telling it when to come back. */
  end(): void
  /** Resolves when it is over, whoever ended it. */
  ended: Promise<void>
}

/** Takes the reply over; `end` must be called in the end. */
export function openStream(reply: FastifyReply): OpenStream {
  const stop = new AbortController()
  const end = () => stop.abort()
  const ended = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  reply.hijack()
  const { raw } = reply
  raw.once('close', end)
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Nothing follows a stream: kept open, its connection would hold up the end of the process.
    connection: 'close',
    'x-accel-buffering': 'no',
  })
  const say = (text: string) => {
    if (stop.signal.aborted) return
    raw.write(text)
    if (raw.writableLength > WAITING_LIMIT) end()
  }
  say(COME_BACK)
  const comments = setInterval(say, COMMENT_EVERY_MS, ': still here\n\n')
  void ended.then(() => {
    clearInterval(comments)
    raw.end(COME_BACK)
  })
  return { say, end, ended }
}

/** One event. */
export function eventText(id: string, kind: string, data: unknown): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`
}
