// Keeps one mailbox in sync. While idle this is one activity that retries itself: no events at all.

import {
  CancellationScope,
  continueAsNew,
  defineSignal,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { type ChildEnd, type InboxRef, SIGNALS } from '../temporal/contracts.ts'
import { polling, watching } from './activities.ts'
import { neverStarted, troubleOf } from './failures.ts'

/** Child of the inbox: `inbox/<id>/sync`. Ends when the row says so or people must act. */
export async function sync(ref: InboxRef): Promise<ChildEnd> {
  let cycle: CancellationScope | undefined
  let refreshed = false
  setHandler(defineSignal(SIGNALS.refresh), () => {
    refreshed = true
    cycle?.cancel()
  })

  let mode: 'watch' | 'poll' = 'watch'
  for (;;) {
    refreshed = false
    cycle = new CancellationScope()
    try {
      const outcome = await cycle.run(() =>
        mode === 'watch' ? watching.watchInbox(ref) : polling.pollInbox(ref),
      )
      if (outcome.end === 'stopped') return { end: 'stopped' }
      mode = outcome.end
    } catch (error) {
      // Our own cancel means "again, now"; the parent's ends the workflow.
      if (isCancellation(error)) {
        if (!refreshed || CancellationScope.current().consideredCancelled) throw error
      } else if (neverStarted(error)) {
        mode = 'poll'
      } else {
        const trouble = troubleOf(error, 'receive')
        if (!trouble) throw error
        return { end: 'trouble', trouble }
      }
    }
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof sync>(ref)
  }
}
