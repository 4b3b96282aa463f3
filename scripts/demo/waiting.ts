// Waiting for something to be seen through the API, and saying for what in vain.
import { setTimeout as sleep } from 'node:timers/promises'

/** Below the API's default of 600 requests a minute. */
const EVERY_MS = 200
const PATIENCE_MS = 60_000

/** @throws Error naming what did not come. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(EVERY_MS)) {
    const seen = await look()
    if (seen) return seen
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} seconds in vain: ${what}`)
}
