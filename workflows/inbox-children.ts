// The children an inbox runs at the moment. What should run is decided in inbox.ts; this file only
// starts, cancels and hears of the end.

import {
  CancellationScope,
  type ChildWorkflowHandle,
  isCancellation,
  log,
  sleep,
  startChild,
} from '@temporalio/workflow'
import { type ChildEnd, type InboxRef, inboxAttributes } from '../temporal/contracts.ts'

export type ChildName = 'connect' | 'files' | 'import' | 'sync'

export interface ChildPlan {
  name: ChildName
  workflowType: string
  workflowId: string
  input: unknown
}

interface Running {
  workflowId: string
  scope: CancellationScope
  handle: ChildWorkflowHandle<(input: unknown) => Promise<ChildEnd>> | undefined
  done: Promise<void>
}

/** A child that failed without a kind is a bug or an operator's hand: tried again, not hammered. */
const RESTART_DELAY = '1 minute'

export function createChildren(ref: InboxRef, ended: (name: ChildName, end: ChildEnd) => void) {
  const running = new Map<ChildName, Running>()

  const start = (plan: ChildPlan): void => {
    const scope = new CancellationScope()
    const entry: Running = {
      workflowId: plan.workflowId,
      scope,
      handle: undefined,
      done: Promise.resolve(),
    }
    running.set(plan.name, entry)
    const body = async (): Promise<ChildEnd> => {
      try {
        const handle = await startChild<(input: unknown) => Promise<ChildEnd>>(plan.workflowType, {
          workflowId: plan.workflowId,
          args: [plan.input],
          parentClosePolicy: 'REQUEST_CANCEL',
          typedSearchAttributes: inboxAttributes(ref),
        })
        entry.handle = handle
        return await handle.result()
      } catch (error) {
        if (isCancellation(error) && scope.consideredCancelled) return { end: 'stopped' }
        log.warn('A child ended without an answer; it is started again', {
          child: plan.workflowId,
          error: String(error),
        })
        await sleep(RESTART_DELAY)
        return { end: 'stopped' }
      }
    }
    entry.done = scope
      .run(body)
      .catch((error): ChildEnd => {
        // Cancelled during the delay above.
        if (isCancellation(error)) return { end: 'stopped' }
        throw error
      })
      .then((end) => {
        running.delete(plan.name)
        ended(plan.name, end)
      })
  }

  return {
    /** Starts what is wanted and not running, cancels what runs and is not wanted. */
    reconcile(wanted: readonly ChildPlan[]): void {
      for (const [name, entry] of running) {
        if (!wanted.some((plan) => plan.name === name && plan.workflowId === entry.workflowId)) {
          entry.scope.cancel()
        }
      }
      for (const plan of wanted) if (!running.has(plan.name)) start(plan)
    },
    runs: (name: ChildName): boolean => running.has(name),
    async signal(name: ChildName, signal: string): Promise<void> {
      await running.get(name)?.handle?.signal(signal).catch(ignoreEnded)
    },
    /** Before the entity ends or continues as new: children are closed, their work is in rows. */
    async stopAll(): Promise<void> {
      for (const entry of running.values()) entry.scope.cancel()
      while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}

/** The child closed in between; the reconcile after its end starts it anew, which is as good. */
function ignoreEnded(error: unknown): void {
  if (isCancellation(error)) throw error
}
