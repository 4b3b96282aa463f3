// Waiting for a time that an activity named.

import { sleep } from '@temporalio/workflow'

/** The day's byte budget is spent, or the provider throttles. `until` is ISO-8601. */
export async function parked(until: string): Promise<void> {
  await sleep(Math.max(Date.parse(until) - Date.now(), 1_000))
}
