// Tells webhooks what happens in a conversation, in order. Lives only while something is untold.

import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { type ConversationRef, SIGNALS } from '../temporal/contracts.ts'
import { webhookCalls, webhookRows } from './activities.ts'

/** `conversation/<id>/webhooks`: woken by the relay. Side by side, so that a dead one holds up none. */
export async function sendWebhooks(ref: ConversationRef): Promise<void> {
  let wakes = 0
  setHandler(defineSignal(SIGNALS.wake), () => {
    wakes += 1
  })
  const underWay = new Set<number>()
  const calls = new CancellationScope()
  for (;;) {
    const seen = wakes
    const waiting = await webhookRows.listWaitingWebhooks(ref)
    for (const webhookId of waiting.filter((id) => !underWay.has(id))) {
      underWay.add(webhookId)
      void calls
        .run(() => tellAll(ref, webhookId))
        .finally(() => {
          underWay.delete(webhookId)
          wakes += 1
        })
    }
    if (waiting.length === 0 && underWay.size === 0 && wakes === seen) return
    if (workflowInfo().continueAsNewSuggested && patched('renewed')) {
      // What is under way is still pending, and its receiver knows a repeat by its id.
      calls.cancel()
      await condition(() => underWay.size === 0)
      await continueAsNew<typeof sendWebhooks>(ref)
    }
    await condition(() => wakes !== seen)
  }
}

async function tellAll(ref: ConversationRef, webhookId: number): Promise<void> {
  try {
    for (let more = true; more; ) {
      ;({ more } = await webhookCalls.deliverToWebhook({ ...ref, webhookId }))
    }
  } catch (error) {
    if (!CancellationScope.current().consideredCancelled) throw error
  }
}
