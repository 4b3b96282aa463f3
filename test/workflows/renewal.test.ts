// Workflows that are woken for months renew themselves, also while a dead receiver is being tried.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '../../activities/failures.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { waitFor } from '../support/wait-for.ts'
import { startWorkflowWorld, type WorkflowWorld } from './workflow-world.ts'

let world: WorkflowWorld
beforeAll(async () => {
  world = await startWorkflowWorld()
})
afterAll(() => world?.stop())

const ref = { accountId: 1, conversationId: 5 }

/** A new run under the id, with a history of its own. */
async function renewed(workflowId: string): Promise<boolean> {
  const { raw } = await world.client.workflow.getHandle(workflowId).describe()
  const { execution, firstRunId } = raw.workflowExecutionInfo ?? {}
  return firstRunId !== execution?.runId
}

test('a conversation renews itself while a step outside is tried, which goes on in the next run', async () => {
  const step = { runId: 3, step: 0 }
  let up = false
  const given: object[] = []
  const done: object[] = []
  await world.run(
    {
      // Something to tell the bot each time, until its history is long.
      handleConversation: async () => ({
        deliveries: up ? [] : ['event'],
        steps: done.length > 0 ? [] : [step],
      }),
      runRuleStep: async (asked) => {
        if (!up) throw failureOf('Unavailable', { reason: 'webhook_unreachable' })
        done.push(asked)
      },
      giveUpRuleStep: async (asked) => void given.push(asked),
    },
    async () => {
      const id = workflowIds.conversation(5)
      await world.verbs.wakeConversation(ref)
      await waitFor(() => renewed(id), { what: 'its next run' })
      up = true
      await world.client.workflow.getHandle(id).result()
      expect(done).toEqual([{ ...ref, ...step }])
      expect(given).toEqual([])
    },
  )
})

test('the webhooks of a conversation are told on by the next run, a dead one too', async () => {
  let up = false
  const told: number[] = []
  await world.run(
    {
      listWaitingWebhooks: async () => (told.includes(1) ? [] : up ? [1] : [1, 2]),
      deliverToWebhook: async ({ webhookId }) => {
        if (webhookId === 2) return { more: false }
        if (!up) throw failureOf('Unavailable', { reason: 'webhook_unreachable' })
        told.push(webhookId)
        return { more: false }
      },
    },
    async () => {
      const id = workflowIds.webhooks(5)
      await world.verbs.wakeWebhooks(ref)
      await waitFor(() => renewed(id), { what: 'its next run' })
      up = true
      await world.client.workflow.getHandle(id).result()
      expect(told).toEqual([1])
    },
  )
})
