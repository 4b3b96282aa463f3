// Retention and erasure over hours and days of workflow time.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WORKFLOWS, workflowIds } from '../../temporal/contracts.ts'
import { startWorkflowWorld, type WorkflowWorld } from './workflow-world.ts'

let world: WorkflowWorld
beforeAll(async () => {
  world = await startWorkflowWorld()
})
afterAll(() => world?.stop())

test('rows are deleted once a day until none is due, unused files every hour', async () => {
  let days = 0
  let sweeps = 0
  const shares = [true, true, false]
  await world.run(
    {
      deleteExpiredRows: async () => {
        const more = shares.shift() ?? false
        if (!more) days += 1
        return { deleted: { outbox: 1_000 }, more }
      },
      sweepUnusedFiles: async () => ++sweeps,
    },
    async () => {
      await world.verbs.ensureCaretakers()
      await world.verbs.ensureCaretakers()
      await world.env.sleep('49 hours')
      const handle = world.client.workflow.getHandle(workflowIds.retention())
      await handle.terminate()
      await world.client.workflow.getHandle(workflowIds.watchdog()).terminate()
    },
  )
  expect(shares).toEqual([])
  expect(days).toBe(3)
  expect(sweeps).toBeGreaterThanOrEqual(48)
  expect(sweeps).toBeLessThanOrEqual(50)
})

test.each([
  ['at once when no file is left', 0, 0],
  ['an hour later when files might still be about to be used', 3, 3_660_000],
])('an erasure is done %s', async (_, left, waited) => {
  const steps: string[] = []
  const ref = { accountId: 1, requestId: 7 + left }
  const took = await world.run(
    {
      eraseContact: async () => {
        steps.push('rows')
        return left
      },
      finishErasure: async () => void steps.push('files'),
    },
    async () => {
      await world.verbs.startPrivacyRequest(ref, 'erasure')
      const handle = world.client.workflow.getHandle(workflowIds.privacy(ref.requestId))
      await handle.result()
      const { startTime, closeTime, type } = await handle.describe()
      expect(type).toBe(WORKFLOWS.eraseContact)
      return closeTime!.getTime() - startTime.getTime()
    },
  )
  expect(steps).toEqual(['rows', 'files'])
  expect(took).toBeGreaterThanOrEqual(waited)
})
