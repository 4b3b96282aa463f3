// The entity of an inbox: which children run when, and what the commands answer.

import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '../../activities/failures.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { waitFor } from '../support/wait-for.ts'
import { fakeRow } from './fake-row.ts'
import { type Fakes, startWorkflowWorld, viewOf, type WorkflowWorld } from './workflow-world.ts'

let world: WorkflowWorld
beforeAll(async () => {
  world = await startWorkflowWorld()
})
afterAll(() => world?.stop())

let next = 100
const newRef = () => ({ accountId: 1, inboxId: next++ })
const stateOf = (inboxId: number) =>
  world.client.workflow.getHandle(workflowIds.inbox(inboxId)).query<string>('state')

test('a new inbox connects, imports while it syncs, and becomes active', async () => {
  const row = fakeRow(
    viewOf({ facts: { ...viewOf().facts, phase: 'connecting' }, draftId: 'draft-1' }),
  )
  const ref = newRef()
  const imported = Promise.withResolvers<void>()
  const fakes: Fakes = {
    ...row.fakes,
    importRanges: async () => {
      await imported.promise
      return {
        end: 'done',
        parkedUntil: null,
        progress: { number: 1, done: 3, total: 3, quarantined: 0 },
      }
    },
  }
  await world.run(fakes, async () => {
    await world.verbs.startInbox(ref, 'email')
    await waitFor(() => row.calls.includes('watch'), { what: 'the sync to start' })
    expect(row.calls[0]).toBe('connect draft-1')
    expect(await stateOf(ref.inboxId)).toBe('importing')
    imported.resolve()
    await waitFor(async () => (await stateOf(ref.inboxId)) === 'active', { what: 'active' })
    const { state } = await world.verbs.updateInbox(ref, 'disconnect', { purge: false })
    expect(state).toBe('disconnected')
    await world.client.workflow.getHandle(workflowIds.inbox(ref.inboxId)).result()
  })
})

test('a refused password stops the sync once; reconnecting starts it again', async () => {
  const row = fakeRow(viewOf())
  const ref = newRef()
  let refused = true
  const fakes: Fakes = {
    ...row.fakes,
    watchInbox: async (input) => {
      if (refused) {
        throw failureOf('ReauthorizationRequired', { reason: 'wrong_password', evidence: 'NO' })
      }
      return row.fakes.watchInbox!(input)
    },
  }
  await world.run(fakes, async () => {
    await world.verbs.startInbox(ref, 'email')
    await waitFor(async () => (await stateOf(ref.inboxId)) === 'reauthorization_required', {
      what: 'red',
    })
    refused = false
    const { state } = await world.verbs.updateInbox(ref, 'reconnect', { draftId: 'draft-2' })
    expect(state).toBe('active')
    await waitFor(() => row.calls.includes('watch'), { what: 'the watch after the reconnect' })
    expect(row.calls.filter((call) => call.startsWith('Reauth'))).toHaveLength(1)
    await world.verbs.updateInbox(ref, 'disconnect', { purge: false })
  })
})

test('a reconnect that fails answers with kind, reason and the words of the server', async () => {
  const row = fakeRow(viewOf())
  const ref = newRef()
  const fakes: Fakes = {
    ...row.fakes,
    connectInbox: async () => {
      throw failureOf('ReauthorizationRequired', { reason: 'wrong_password', evidence: 'AUTH' })
    },
  }
  await world.run(fakes, async () => {
    // No startInbox: the update itself rebuilds the entity from its row.
    const refused = await world.verbs
      .updateInbox(ref, 'reconnect', { draftId: 'draft-3' })
      .then(() => undefined)
      .catch((error: Error) => error.cause)
    expect(refused).toBeInstanceOf(ApplicationFailure)
    expect((refused as ApplicationFailure).type).toBe('ReauthorizationRequired')
    expect((refused as ApplicationFailure).details?.[0]).toMatchObject({
      reason: 'wrong_password',
      evidence: 'AUTH',
    })
    expect(await stateOf(ref.inboxId)).toBe('active')
    await world.verbs.updateInbox(ref, 'disconnect', { purge: false })
  })
})

test('pausing ends the watch and resuming starts it again', async () => {
  const row = fakeRow(viewOf())
  const ref = newRef()
  await world.run(row.fakes, async () => {
    await world.verbs.startInbox(ref, 'email')
    await waitFor(() => row.calls.length === 1, { what: 'the first watch' })
    expect((await world.verbs.updateInbox(ref, 'pause', {})).state).toBe('paused')
    expect((await world.verbs.updateInbox(ref, 'resume', {})).state).toBe('active')
    await waitFor(() => row.calls.length === 2, { what: 'the second watch' })
    await world.verbs.updateInbox(ref, 'disconnect', { purge: false })
  })
})

test('a form that expired untried asks for a person, and a new one connects', async () => {
  const connecting = { ...viewOf().facts, phase: 'connecting' as const }
  const row = fakeRow(viewOf({ facts: connecting }))
  const ref = newRef()
  await world.run(row.fakes, async () => {
    await world.verbs.startInbox(ref, 'email')
    await waitFor(() => row.calls.includes('ActionRequired draft_expired'), {
      what: 'the question',
    })
    const { state } = await world.verbs.updateInbox(ref, 'reconnect', { draftId: 'draft-2' })
    expect(state).toBe('importing')
    expect(row.calls.filter((call) => call.startsWith('ActionRequired'))).toHaveLength(1)
    await world.verbs.updateInbox(ref, 'disconnect', { purge: false })
  })
})
