// For tests of automations: the real workflow on a server whose time can be moved, with a
// conversation that the test plays. Actions are recorded instead of done.
import type { PlannedAction } from '../../activities/automation-steps.ts'
import type { Condition } from '../../domain/automation.ts'
import { SIGNALS, TASK_QUEUES, workflowIds } from '../../temporal/contracts.ts'
import { startWorkflowWorld } from '../workflows/workflow-world.ts'

export type AutomationKit = Awaited<ReturnType<typeof startAutomationKit>>

export interface PlayedRun {
  /** What the automation did, in order: the action, its texts by their parameters' names. */
  readonly actions: PlannedAction[]
  /** What it asked to wait for, in order. */
  readonly waits: { minutes: number; businessHours: boolean }[]
  /** Lets time pass. */
  passes(minutes: number): Promise<void>
  /** Somebody writes in the conversation now. */
  writes(from: 'contact' | 'agent'): Promise<void>
  /** Waits for the end, over any number of sleeps, and says how it ended. */
  ended(): Promise<'done' | 'failed'>
}

export interface Played {
  /** What `meets` answers. */
  meets?: (condition: Condition) => boolean
}

const ref = { accountId: 1, conversationId: 5, runId: 7, step: 0 }

/** Call stop() in afterAll. */
export async function startAutomationKit() {
  const world = await startWorkflowWorld()
  let count = 0

  return {
    /** `parameters` as a rule would give them; texts as their names: `{text: 'message'}`. */
    async run(
      name: string,
      parameters: Record<string, unknown>,
      play: (run: PlayedRun) => Promise<void>,
      { meets = () => true }: Played = {},
    ): Promise<void> {
      const runId = ref.runId + ++count
      const workflowId = workflowIds.automation(runId, ref.step)
      const actions: PlannedAction[] = []
      const waits: PlayedRun['waits'] = []
      const replies: { from: string; at: number }[] = []
      const ends: ('done' | 'failed')[] = []
      const note = async ({ action }: { action: PlannedAction }) => {
        actions.push(action)
        return { outcome: 'done' as const }
      }
      const fakes = {
        actInConversation: note,
        actOutside: note,
        hasReplied: async ({ from, since }: { from: string; since: string | null }) =>
          replies.some((one) => one.from === from && one.at > Date.parse(since ?? '1970-01-01')),
        endOfWait: async ({ minutes, businessHours }: PlayedRun['waits'][number]) => {
          waits.push({ minutes, businessHours })
          return new Date((await world.env.currentTimeMs()) + minutes * 60_000).toISOString()
        },
        meetsCondition: async ({ condition }: { condition: Condition }) => meets(condition),
        finishAutomation: async ({ outcome }: { outcome: 'done' | 'failed' }) => {
          ends.push(outcome)
        },
      }
      await world.run(fakes, async () => {
        const handle = await world.client.workflow.start(name, {
          workflowId,
          taskQueue: TASK_QUEUES.workflows,
          args: [{ ...ref, runId, parameters }],
        })
        await play({
          actions,
          waits,
          passes: async (minutes) => world.env.sleep(minutes * 60_000),
          async writes(from) {
            replies.push({ from, at: await world.env.currentTimeMs() })
            await handle.signal(SIGNALS.conversationChanged)
          },
          async ended() {
            await handle.result().catch(() => {})
            return ends.at(-1)!
          },
        })
      })
    },
    stop: () => world.stop(),
  }
}
