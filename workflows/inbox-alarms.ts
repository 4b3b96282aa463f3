// When an inbox looks at itself although nothing has changed. Pure.

import type { InboxView } from '../temporal/contracts.ts'

export interface Alarm {
  inMs: number
  why: 'askAgain' | 'awaited' | 'keepAlive'
}

const HOUR_MS = 3_600_000

/** What needs a person is asked again this often: some of it is mended at the provider. */
const ASK_AGAIN_MS = HOUR_MS
/** A provider that is away when access is to be renewed has months to come back. */
const KEEP_ALIVE_AGAIN_MS = HOUR_MS

/**
 * The next one; undefined when only a change can wake it. `keptAliveAt`: when access was last renewed
 * or tried to be. Times in milliseconds.
 */
export function nextAlarm(
  { facts, awaitedUntil, keepAliveAt }: InboxView,
  past: { triedAgain: boolean; keptAliveAt: number; now: number },
): Alarm | undefined {
  const alarms: Alarm[] = []
  if (facts.receive.status === 'action_required' && !past.triedAgain) {
    alarms.push({ why: 'askAgain', inMs: ASK_AGAIN_MS })
  }
  if (facts.phase === 'connecting' && awaitedUntil) {
    // A second later, so that the database says so too.
    alarms.push({ why: 'awaited', inMs: Date.parse(awaitedUntil) - past.now + 1_000 })
  }
  const refused = facts.receive.status === 'reauthorization_required'
  if (facts.phase !== 'connecting' && keepAliveAt && !refused) {
    const due = Math.max(Date.parse(keepAliveAt), past.keptAliveAt + KEEP_ALIVE_AGAIN_MS)
    alarms.push({ why: 'keepAlive', inMs: due - past.now })
  }
  const [first] = alarms.toSorted((a, b) => a.inMs - b.inMs)
  return first && { ...first, inMs: Math.max(first.inMs, 1) }
}
