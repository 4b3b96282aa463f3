// Actions of a rule's run that are steps of their own: what leaves the house, and automations, which
// are begun.

import { Context } from '@temporalio/activity'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { RuleAction } from '../domain/rule-actions.ts'
import { settleStep } from '../messaging/settle-step.ts'
import {
  ATTRIBUTES,
  type AutomationInput,
  type AutomationRef,
  fairTo,
  TASK_QUEUES,
  workflowIds,
} from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { createOutsideActions, type OutsideEnd } from './outside-actions.ts'
import { noteRunning, readPendingStep } from './state/rule-step.ts'

export function createRuleStepActivities(deps: ActivityDeps) {
  const { db, clock } = deps
  const outside = createOutsideActions(deps)

  /** Nothing when the end comes later. */
  async function act(ref: AutomationRef, action: RuleAction): Promise<OutsideEnd | undefined> {
    if (action.action === 'run_workflow') return startAutomation(ref, action)
    return outside(ref, action, `rule_${ref.runId}_${ref.step}`)
  }

  /** Its id is the receipt's, so it is begun once; its own end settles the receipt. */
  async function startAutomation(
    ref: AutomationRef,
    { workflow, parameters = {} }: Extract<RuleAction, { action: 'run_workflow' }>,
  ): Promise<undefined> {
    const input: AutomationInput = { ...ref, parameters: withoutWords(parameters) }
    await Context.current()
      .client.workflow.start(workflow, {
        workflowId: workflowIds.automation(ref.runId, ref.step),
        taskQueue: TASK_QUEUES.workflows,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        priority: fairTo(ref),
        staticSummary: `${workflow} for conversation ${ref.conversationId}`,
        typedSearchAttributes: [{ key: ATTRIBUTES.accountId, value: String(ref.accountId) }],
      })
      .catch((error) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      })
    await noteRunning(db, ref)
  }

  return {
    ruleSteps: {
      async runRuleStep(ref: AutomationRef): Promise<void> {
        const action = await readPendingStep(db, ref)
        if (!action) return
        const end = await act(ref, action)
        if (end) await settleStep(db, { ...ref, ...end, now: clock() })
      },
    },
  }
}

/** Texts by name only: histories hold no words, and the activities read them from the run. */
function withoutWords(parameters: Record<string, unknown>): AutomationInput['parameters'] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' || value === null
        ? value
        : { text: name },
    ]),
  )
}
