// Writes the words of new messages for the search of conversations, behind everything else.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '../db/client.ts'
import { writeSomeWords } from '../db/message-words.ts'

/** How old a message may be before it is found. */
const IDLE_MS = 1_000
/** Rests this many times as long as it worked: a tenth of a core, whatever an import leaves behind. */
const REST = 9

export interface WordIndex {
  stop(): Promise<void>
}

export function startWordIndex({ db, logger }: { db: Database; logger: Logger }): WordIndex {
  const stopping = new AbortController()

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const start = performance.now()
      const written = await writeSomeWords(db).catch((error) => {
        logger.warn({ error: String(error) }, 'Words of messages are written at the next try')
        return 0
      })
      const rest = written === 0 ? IDLE_MS : REST * (performance.now() - start)
      await sleep(rest, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = run()

  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
