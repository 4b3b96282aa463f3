// What automations do and ask. Their workflows hold ids and answers only: words are read here, from
// the run of the rule that began them.

import type { Condition } from '../domain/automation.ts'
import { evaluateRule } from '../domain/automation.ts'
import type { RuleAction } from '../domain/rule-actions.ts'
import {
  type AutomationPart,
  keepReceipt,
  type PartReceipt,
  runAutomationAction,
} from '../messaging/automation-action.ts'
import { endOfWait } from '../messaging/end-of-wait.ts'
import { readTalk } from '../messaging/read-talk.ts'
import { settleStep } from '../messaging/settle-step.ts'
import { attributesOf, triggerOf } from '../messaging/trigger-facts.ts'
import type { AutomationRef, TextRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { createOutsideActions } from './outside-actions.ts'
import { hasReplied, readTexts } from './state/automation.ts'

/** An action of a rule, its texts by the names of parameters. */
export type PlannedAction = {
  [K in RuleAction['action']]: Planned<Extract<RuleAction, { action: K }>>
}[RuleAction['action']]
type Planned<Action> = {
  [Field in keyof Action]: Field extends 'content' ? TextRef : Action[Field]
}

export interface PartRef extends AutomationRef {
  part: number
}

export function createAutomationActivities(deps: ActivityDeps) {
  const { db, clock } = deps
  const outside = createOutsideActions(deps)

  async function inWords(ref: AutomationRef, action: PlannedAction): Promise<RuleAction> {
    if (!('content' in action)) return action
    const texts = await readTexts(db, ref)
    return { ...action, content: texts[action.content.text] ?? '' }
  }

  return {
    automationSteps: {
      /** Does one action once, with a receipt; `skipped` when a rule would skip it too. */
      async actInConversation(ref: PartRef & { action: PlannedAction }): Promise<PartReceipt> {
        const { action, ...at } = ref
        const part: AutomationPart = { ...at, now: clock() }
        const receipt = await runAutomationAction(db, part, await inWords(ref, action))
        return receipt ?? { outcome: 'skipped', reason: 'conversation_gone' }
      },

      /** Whether somebody has written since, or since the rule began; `agent`: a person, to the contact. */
      async hasReplied(
        ref: AutomationRef & { from: 'contact' | 'agent'; since: string | null },
      ): Promise<boolean> {
        return hasReplied(db, ref, ref.from, ref.since)
      },

      /** The moment a wait ends, in the account's working time when it says so. ISO-8601. */
      async endOfWait(
        ref: AutomationRef & { minutes: number; businessHours: boolean },
      ): Promise<string> {
        const { minutes, businessHours: business_hours } = ref
        const end = await endOfWait(db, ref.accountId, clock(), { minutes, business_hours })
        return end.toISOString()
      },

      /** Whether the conversation and its contact meet a condition now, as a rule would ask. */
      async meetsCondition(ref: AutomationRef & { condition: Condition }): Promise<boolean> {
        const read = await readTalk(db, ref.accountId, ref.conversationId, { lock: false })
        if (!read) return false
        const now = clock()
        const trigger = await triggerOf(db, ref.accountId, null, now)
        const attributes = attributesOf(read.talk, read.state, trigger)
        return evaluateRule({ conditions: ref.condition }, { attributes, changes: {}, now }).matched
      },

      /** On the receipt of the rule's action that began it. */
      async finishAutomation(
        ref: AutomationRef & { outcome: 'done' | 'failed'; reason: string | null },
      ): Promise<void> {
        await settleStep(db, { ...ref, now: clock() })
      },
    },
    automationCalls: {
      /** Leaves the house: repeated for a day under one delivery id. */
      async actOutside(ref: PartRef & { action: PlannedAction }): Promise<PartReceipt> {
        const { action, ...at } = ref
        const words = await inWords(ref, action)
        const receipt = await outside(ref, words, `automation_${ref.runId}_${ref.step}_${ref.part}`)
        await keepReceipt(db, { ...at, now: clock() }, action.action, receipt)
        return { outcome: receipt.outcome, ...(receipt.reason ? { reason: receipt.reason } : {}) }
      },
    },
  }
}
