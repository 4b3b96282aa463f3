// An inbox over hours: time is skipped, so each test has a server and a clock of its own.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { again, failureOf } from '../../activities/failures.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { waitFor } from '../support/wait-for.ts'
import { fakeRow } from './fake-row.ts'
import { type Fakes, startWorkflowWorld, viewOf, type WorkflowWorld } from './workflow-world.ts'

let world: WorkflowWorld
beforeEach(async () => {
  world = await startWorkflowWorld()
})
afterEach(() => world?.stop())

const ref = { accountId: 1, inboxId: 100 }

test('what a person must mend is asked again every hour, and not before', async () => {
  const row = fakeRow(viewOf())
  const tries: number[] = []
  const fakes: Fakes = {
    ...row.fakes,
    watchInbox: async () => {
      tries.push(await world.env.currentTimeMs())
      throw failureOf('ActionRequired', { reason: 'imap_disabled' })
    },
  }
  await world.run(fakes, async () => {
    await world.verbs.startInbox(ref, 'email')
    await waitFor(() => tries.length === 1, { what: 'the first try' })
    await world.env.sleep('150 minutes')
    await waitFor(() => tries.length >= 3, { what: 'two more tries' })
    expect(tries.length).toBeLessThanOrEqual(3)
    expect(tries[1]! - tries[0]!).toBeGreaterThanOrEqual(3_600_000)
    await world.verbs.updateInbox(ref, 'disconnect', { purge: false })
  })
})

test('an idle poll costs no history event, however often it comes back', async () => {
  const row = fakeRow(viewOf())
  let cycles = 0
  const fakes: Fakes = {
    ...row.fakes,
    watchInbox: async () => {
      cycles += 1
      throw again('Nothing new', 60_000)
    },
  }
  await world.run(fakes, async () => {
    await world.verbs.startInbox(ref, 'email')
    await waitFor(() => cycles >= 1, { what: 'the first cycle' })
    await world.env.sleep('30 minutes')
    await waitFor(() => cycles >= 20, { what: 'twenty cycles' })
    const sync = world.client.workflow.getHandle(workflowIds.sync(ref.inboxId))
    const { events } = await sync.fetchHistory()
    expect(events!.length).toBeLessThanOrEqual(6)
    await world.verbs.updateInbox(ref, 'disconnect', { purge: false })
  })
})
