// IDLE (RFC 2177) with an end: imapflow's own idle() returns only when something breaks it.
import type { ImapFlow } from 'imapflow'

export interface WaitOptions {
  /** Ends the wait early, like a timeout. */
  signal?: AbortSignal | undefined
  maxMs: number
  /** Told whether mail arrived since the caller last looked. */
  changed(): boolean
}

/**
 * Waits until the selected folder grows. DONE has been sent and answered when this returns.
 * @throws imapflow's error when the connection ends meanwhile
 */
export async function waitForChange(
  client: ImapFlow,
  { signal, maxMs, changed }: WaitOptions,
): Promise<'changed' | 'timeout'> {
  if (changed()) return 'changed'
  if (signal?.aborted) return 'timeout'
  const woken = Promise.withResolvers<void>()
  const wake = () => woken.resolve()
  const timer = setTimeout(wake, maxMs)
  client.on('exists', wake)
  client.on('close', wake)
  signal?.addEventListener('abort', wake, { once: true })
  try {
    const idle = client.idle().catch(() => false)
    await woken.promise
    // Any command makes imapflow send DONE first; this one also proves that the line is alive.
    await client.noop()
    await idle
  } finally {
    clearTimeout(timer)
    client.off('exists', wake)
    client.off('close', wake)
    signal?.removeEventListener('abort', wake)
  }
  return changed() ? 'changed' : 'timeout'
}
