// Waiting for something to become true: by asking again, never by sleeping a guessed time.
import { setTimeout as sleep } from 'node:timers/promises'

/** As long as any test waits for anything. */
export const ceilingMs = 60_000

/**
 * Asks until the answer is neither false nor empty, and returns it. An assertion that throws
 * counts as not yet.
 * @throws Error saying what was waited for, and the last failure.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  how: { what: string; timeoutMs?: number; everyMs?: number },
): Promise<NonNullable<T>> {
  const { what, timeoutMs = ceilingMs, everyMs = 50 } = how
  const deadline = Date.now() + timeoutMs
  let last: unknown
  for (;;) {
    try {
      last = await condition()
      if (last) return last as NonNullable<T>
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) {
      throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}`, { cause: last })
    }
    await sleep(everyMs)
  }
}
