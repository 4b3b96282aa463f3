// One workflow per namespace: finds inboxes whose sync hangs without failing.

import { continueAsNew, sleep, workflowInfo } from '@temporalio/workflow'
import { rows } from './activities.ts'

/** Well below the shortest "three intervals" (15 minutes), from which it is taken off. */
const DEFAULT_INTERVAL_MS = 3 * 60_000

export async function watchdog(intervalMs = DEFAULT_INTERVAL_MS): Promise<void> {
  for (;;) {
    await rows.reportStalledInboxes({ everyMs: intervalMs })
    await sleep(intervalMs)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof watchdog>(intervalMs)
  }
}
