// A conversation's automations, in the order of its messages. Lives only while there is work.

import { continueAsNew, defineSignal, setHandler, sleep, workflowInfo } from '@temporalio/workflow'
import { type ConversationRef, SIGNALS } from '../temporal/contracts.ts'
import { automation, delivery } from './activities.ts'
import { applicationFailureOf } from './failures.ts'

/** A bot that missed all deliveries has this long to answer before people get the conversation. */
const BOT_GRACE = '30 seconds'

/** `conversation/<id>`: started and woken by the relay; what is new is read from Postgres. */
export async function conversation(ref: ConversationRef): Promise<void> {
  let wakes = 0
  setHandler(defineSignal(SIGNALS.wake), () => {
    wakes += 1
  })
  for (;;) {
    const seen = wakes
    const { deliveries } = await automation.handleConversation(ref)
    for (const eventId of deliveries) await deliver(ref, eventId)
    if (wakes === seen && deliveries.length === 0) return
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof conversation>(ref)
  }
}

async function deliver(ref: ConversationRef, eventId: string): Promise<void> {
  const event = { ...ref, eventId }
  try {
    await delivery.deliverBotEvent(event)
  } catch (error) {
    if (!applicationFailureOf(error) && !timedOut(error)) throw error
    await sleep(BOT_GRACE)
    await automation.openForPeople({ ...event, reason: 'bot_unreachable' })
  }
}

function timedOut(error: unknown): boolean {
  return (
    error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutFailure'
  )
}
