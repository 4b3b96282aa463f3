// A conversation's automations, in the order of its messages. Lives while there is work or a wait;
// what is waited for stands in Postgres, so a run survives restarts, deploys and this workflow.

import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { type ConversationRef, SIGNALS, workflowIds } from '../temporal/contracts.ts'
import { automation, delivery, ruleSteps } from './activities.ts'
import { applicationFailureOf } from './failures.ts'

/** `conversation/<id>`: started and woken by the relay; what is new is read from Postgres. */
export async function conversation(ref: ConversationRef): Promise<void> {
  let wakes = 0
  setHandler(defineSignal(SIGNALS.wake), () => {
    wakes += 1
  })
  const underWay = new Set<string>()
  const outside = new CancellationScope()
  const begin = (step: RuleStep): void => {
    const key = `${step.runId}/${step.step}`
    if (underWay.has(key)) return
    underWay.add(key)
    void outside
      .run(() => runStep({ ...ref, ...step }))
      .finally(() => {
        underWay.delete(key)
        wakes += 1
      })
  }
  for (;;) {
    const seen = wakes
    const work = await automation.handleConversation(ref)
    const { deliveries, steps = [], automations = [], dueAt = null } = work
    for (const one of automations) await tell(one)
    for (const step of steps) begin(step)
    for (const eventId of deliveries) await deliver(ref, eventId)
    const idle = wakes === seen && deliveries.length === 0
    if (idle && underWay.size === 0 && dueAt === null) return
    const alone = underWay.size === 0
    if (workflowInfo().continueAsNewSuggested && (alone || patched('renewed-under-way'))) {
      // Steps under way are begun anew by the next run: their receipts are still pending.
      outside.cancel()
      await condition(() => underWay.size === 0)
      await condition(allHandlersFinished)
      await continueAsNew<typeof conversation>(ref)
    }
    if (idle) await news(() => wakes !== seen, dueAt)
  }
}

interface RuleStep {
  runId: number
  step: number
}

/** It may have ended meanwhile, which is as good. */
async function tell({ runId, step }: RuleStep): Promise<void> {
  const handle = getExternalWorkflowHandle(workflowIds.automation(runId, step))
  await handle.signal(SIGNALS.conversationChanged).catch((error) => {
    if (isCancellation(error)) throw error
  })
}

/** Outside the database: retried for long, side by side, so that a dead endpoint holds up none. */
async function runStep(step: ConversationRef & RuleStep): Promise<void> {
  try {
    await ruleSteps.runRuleStep(step)
  } catch {
    // One that fails while it is being cancelled has not been tried for long enough.
    if (CancellationScope.current().consideredCancelled) return
    await automation.giveUpRuleStep(step)
  }
}

/** A wake, or the time that the rows named. */
async function news(woken: () => boolean, dueAt: string | null): Promise<void> {
  if (dueAt === null) return condition(woken)
  setCurrentDetails(`Sleeps until ${dueAt}: a rule goes on then, or ClaudIA should have answered.`)
  // A second at least: the clock that judges what is due may be behind this one.
  await condition(woken, Math.max(Date.parse(dueAt) - Date.now(), 1_000))
}

async function deliver(ref: ConversationRef, eventId: string): Promise<void> {
  const event = { ...ref, eventId }
  try {
    await delivery.deliverBotEvent(event)
  } catch (error) {
    if (!applicationFailureOf(error) && !timedOut(error)) throw error
    await automation.giveUpBotEvent(event)
  }
}

function timedOut(error: unknown): boolean {
  return (
    error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutFailure'
  )
}
