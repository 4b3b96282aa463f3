// What authors of automations write with. Every action is done once, whatever dies meanwhile; every
// wait lasts as long as it says, over restarts and deploys.

import {
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow'
import type { PlannedAction } from '../../activities/automation-steps.ts'
import type { Condition } from '../../domain/automation.ts'
import {
  type AutomationInput,
  type AutomationRef,
  SIGNALS,
  type TextRef,
} from '../../temporal/contracts.ts'
import { automationCalls, automationSteps } from '../activities.ts'
import { applicationFailureOf } from '../failures.ts'

export interface Wait {
  minutes: number
  /** Only the account's working time counts. */
  businessHours?: boolean
}

export type AutomationKit = ReturnType<typeof createKit>

/**
 * Runs `body` as the automation that the rule began, and writes its end on the rule's receipt.
 * `Parameters` is the shape of the definition's form; its texts are references.
 */
export async function automation<Parameters>(
  input: AutomationInput,
  body: (kit: AutomationKit, parameters: Parameters) => Promise<void>,
): Promise<void> {
  const { parameters, ...ref } = input
  const kit = createKit(ref)
  try {
    await body(kit, parameters as Parameters)
    await automationSteps.finishAutomation({ ...ref, outcome: 'done', reason: null })
  } catch (error) {
    const reason = isCancellation(error)
      ? 'cancelled'
      : (applicationFailureOf(error)?.type ?? 'bug')
    await CancellationScope.nonCancellable(() =>
      automationSteps.finishAutomation({ ...ref, outcome: 'failed', reason }),
    )
    throw error
  }
}

function createKit(ref: AutomationRef) {
  let parts = 0
  let changes = 0
  /** Replies count from the end of the last wait on, at first from what began the rule. */
  let waitedUntil: string | null = null
  setHandler(defineSignal(SIGNALS.conversationChanged), () => {
    changes += 1
  })

  const act = (action: PlannedAction) =>
    automationSteps.actInConversation({ ...ref, action, part: ++parts })
  const call = (action: PlannedAction) =>
    automationCalls.actOutside({ ...ref, action, part: ++parts })

  async function endOf({ minutes, businessHours = false }: Wait): Promise<number> {
    const end = await automationSteps.endOfWait({ ...ref, minutes, businessHours })
    setCurrentDetails(`Waits until ${end}.`)
    return Date.parse(end)
  }

  return {
    /** To the contact, marked automatic. Skipped when a person has answered since the rule ran. */
    sendMessage: (content: TextRef) => act({ action: 'send_message', content }),
    /** For colleagues only. */
    addNote: (content: TextRef) => act({ action: 'add_note', content }),
    addLabels: (...labels: string[]) => act({ action: 'add_label', labels }),
    removeLabels: (...labels: string[]) => act({ action: 'remove_label', labels }),
    assignAgent: (agent_id: number) => act({ action: 'assign_agent', agent_id }),
    assignTeam: (team_id: number) => act({ action: 'assign_team', team_id }),
    /** Who is online and has the least to do. */
    assignInTurn: (team_id?: number) =>
      act({ action: 'assign_in_turn', ...(team_id === undefined ? {} : { team_id }) }),
    setStatus: (status: 'open' | 'pending' | 'resolved') =>
      act({ action: 'change_status', status }),
    setPriority: (priority: 'low' | 'medium' | 'high' | 'urgent' | null) =>
      act({ action: 'set_priority', priority }),
    /** About what the contact wrote last; at most once for each automation. */
    async askClaudia() {
      await act({ action: 'assign_claudia' })
      return act({ action: 'deliver_to_claudia' })
    },
    /** Signed POST with the conversation, to a webhook of the account. Tried for a day. */
    callWebhook: (webhook_id: number) => call({ action: 'send_webhook', webhook_id }),
    emailTeam: (team_id: number, content: TextRef) =>
      call({ action: 'email_team', team_id, content }),
    /** Asks of contact and conversation what a rule could, such as `contact.custom.plan`. */
    meets: (asked: Condition) => automationSteps.meetsCondition({ ...ref, condition: asked }),

    async wait(wait: Wait): Promise<void> {
      const end = await endOf(wait)
      waitedUntil = new Date(end).toISOString()
      await condition(() => false, Math.max(end - Date.now(), 1))
    },

    /** True as soon as somebody writes, false when the time is over. Robots do not count. */
    async waitForReply(wait: Wait & { from?: 'contact' | 'agent' }): Promise<boolean> {
      const { from = 'contact' } = wait
      const since = waitedUntil
      const end = await endOf(wait)
      waitedUntil = new Date(end).toISOString()
      for (;;) {
        const seen = changes
        if (await automationSteps.hasReplied({ ...ref, from, since })) return true
        const left = end - Date.now()
        if (left <= 0) return false
        await condition(() => changes !== seen, left)
      }
    },
  }
}
