// One sender per conversation: its queued messages leave one at a time, in order.

import { continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow'
import { type ConversationRef, SIGNALS } from '../temporal/contracts.ts'
import { sending } from './activities.ts'

/** `conversation/<id>/send`. Ends when nothing is queued, or when the inbox may not send now. */
export async function sendMessages(ref: ConversationRef): Promise<void> {
  let wakes = 0
  setHandler(defineSignal(SIGNALS.wake), () => {
    wakes += 1
  })
  for (;;) {
    const seen = wakes
    const { outcome, more = outcome !== 'none' && outcome !== 'blocked' } =
      await sending.sendNext(ref)
    // Whatever lets the inbox send again wakes every conversation that still has something queued.
    if (!more && wakes === seen) return
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof sendMessages>(ref)
  }
}
