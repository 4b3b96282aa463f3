// Heartbeats from one timer for all activities alike, never from a parse loop.

import { Context } from '@temporalio/activity'

/** Well inside the usual timeouts; the SDK thins the beats out for long ones. */
const EVERY_MS = 20_000

/** By how often they beat: timeouts are few, so timers are. */
const groups = new Map<number, { beating: Set<Context>; timer: NodeJS.Timeout }>()

/** Runs an activity's body while its heartbeat goes on. */
export async function withHeartbeat<T>(body: (context: Context) => Promise<T>): Promise<T> {
  const context = Context.current()
  const everyMs = Math.min(EVERY_MS, (context.info.heartbeatTimeoutMs ?? EVERY_MS * 3) / 3)
  const { beating, timer } = groups.get(everyMs) ?? startGroup(everyMs)
  beating.add(context)
  try {
    return await body(context)
  } finally {
    beating.delete(context)
    if (beating.size === 0) {
      clearInterval(timer)
      groups.delete(everyMs)
    }
  }
}

function startGroup(everyMs: number) {
  const beating = new Set<Context>()
  const timer = setInterval(() => {
    for (const one of beating) one.heartbeat()
  }, everyMs)
  const group = { beating, timer }
  groups.set(everyMs, group)
  return group
}
