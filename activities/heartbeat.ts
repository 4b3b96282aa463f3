// Heartbeats from one timer for all activities of the process, never from a parse loop.

import { Context } from '@temporalio/activity'

const beating = new Set<Context>()
let timer: NodeJS.Timeout | undefined

/** Well inside the shortest heartbeat timeout (1 minute); the SDK thins them out for long ones. */
const EVERY_MS = 20_000

/** Runs an activity's body while its heartbeat goes on. */
export async function withHeartbeat<T>(body: (context: Context) => Promise<T>): Promise<T> {
  const context = Context.current()
  beating.add(context)
  timer ??= setInterval(() => {
    for (const one of beating) one.heartbeat()
  }, EVERY_MS)
  try {
    return await body(context)
  } finally {
    beating.delete(context)
    if (beating.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}
