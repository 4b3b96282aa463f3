// While no API serves, providers push in vain, and after some tries they give up. So it is noted that
// one serves, and after a gap the channels whose provider lists are asked for what they missed.
import { askMissed, noteServing } from '../db/api-presence.ts'
import { inTransaction } from '../db/client.ts'
import type { Deps } from './context.ts'

const EVERY_MS = 10_000
/** Twilio's tries end after 15 seconds; the last note may be as old as one more interval. */
const GAP_MS = 25_000

/** Returns what ends it. */
export function keepPresence({ db, channels, clock, logger }: Deps): () => void {
  const listing = channels.all.filter(({ webhook, pull }) => webhook && pull)
  const types = listing.map(({ type }) => type)

  const note = () =>
    inTransaction(db, async (trx) => {
      const now = clock()
      const before = await noteServing(trx, now)
      if (!before || now.getTime() - before.getTime() < GAP_MS) return
      logger.info({ since: before }, 'Nobody took webhooks for a while: providers are asked')
      await askMissed(trx, types)
    }).catch((error) => logger.warn({ error: String(error) }, 'That this API serves is not noted'))

  void note()
  const timer = setInterval(note, EVERY_MS)
  return () => clearInterval(timer)
}
