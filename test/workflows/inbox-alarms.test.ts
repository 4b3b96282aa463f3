// When an inbox wakes by itself: a sign-in nobody came back from, access that rests, what people mend.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf } from '../../activities/failures.ts'
import { nextAlarm } from '../../workflows/inbox-alarms.ts'
import { waitFor } from '../support/wait-for.ts'
import { fakeRow } from './fake-row.ts'
import { type Fakes, startWorkflowWorld, viewOf, type WorkflowWorld } from './workflow-world.ts'

let world: WorkflowWorld
beforeEach(async () => {
  world = await startWorkflowWorld()
})
afterEach(() => world?.stop())

const ref = { accountId: 1, inboxId: 100 }
const DAY = 86_400_000
const at = (ms: number) => new Date(ms).toISOString()
const past = { triedAgain: false, keptAliveAt: 0, now: 0 }
const signedIn = (change: Parameters<typeof viewOf>[0] = {}) =>
  viewOf({ channel: 'google', signsIn: true, awaitedUntil: null, keepAliveAt: null, ...change })
const facts = (change: object) => ({ ...viewOf().facts, ...change })

test('the nearest alarm is the one that rings, and most inboxes have none', () => {
  expect(nextAlarm(viewOf(), past)).toBeUndefined()
  expect(nextAlarm(signedIn({ keepAliveAt: at(30 * DAY) }), past)).toEqual({
    why: 'keepAlive',
    inMs: 30 * DAY,
  })
  const asking = facts({ receive: { status: 'action_required', reason: 'x', since: at(0) } })
  const both = signedIn({ facts: asking, keepAliveAt: at(30 * DAY) })
  expect(nextAlarm(both, past)).toEqual({ why: 'askAgain', inMs: 3_600_000 })
  expect(nextAlarm(both, { ...past, triedAgain: true })?.why).toBe('keepAlive')
})

test('access that could not be renewed is not hammered, and refused access is left alone', () => {
  const overdue = signedIn({ keepAliveAt: at(0) })
  const tried = { ...past, now: 5 * DAY, keptAliveAt: 5 * DAY - 60_000 }
  expect(nextAlarm(overdue, tried)).toEqual({ why: 'keepAlive', inMs: 3_600_000 - 60_000 })
  const red = facts({ receive: { status: 'reauthorization_required', reason: 'x', since: at(0) } })
  expect(nextAlarm(signedIn({ facts: red, keepAliveAt: at(0) }), tried)).toBeUndefined()
})

test('a sign-in that nobody came back from ends after its half hour, with a reason', async () => {
  const now = await world.env.currentTimeMs()
  const connecting = facts({ phase: 'connecting' })
  const row = fakeRow(signedIn({ facts: connecting, awaitedUntil: at(now + 30 * 60_000) }))
  const troubles: string[] = []
  const fakes: Fakes = {
    ...row.fakes,
    loadInbox: async () => {
      const over = (await world.env.currentTimeMs()) > now + 30 * 60_000
      return over ? { ...row.view(), awaitedUntil: null } : row.view()
    },
    markHealth: async (input) => {
      troubles.push(input.trouble.reason)
      return row.fakes.markHealth!(input)
    },
  }
  await world.run(fakes, async () => {
    await world.verbs.startInbox(ref, 'google')
    await world.env.sleep('29 minutes')
    expect(troubles).toEqual([])
    await world.env.sleep('2 minutes')
    await waitFor(() => troubles[0] === 'authorization_expired', { what: 'the reason' })
    await world.verbs.updateInbox(ref, 'disconnect', { purge: false })
  })
})

test('access of a paused inbox is renewed before it dies of rest, and its end is noticed', async () => {
  const now = await world.env.currentTimeMs()
  let due = now + 30 * DAY
  const paused = facts({ paused: true })
  const renewed: number[] = []
  const troubles: string[] = []
  const row = fakeRow(signedIn({ facts: paused }))
  const fakes: Fakes = {
    ...row.fakes,
    loadInbox: async () => ({ ...row.view(), keepAliveAt: at(due) }),
    keepAccess: async () => {
      renewed.push(await world.env.currentTimeMs())
      if (renewed.length === 2) {
        throw failureOf('ReauthorizationRequired', { reason: 'access_revoked' })
      }
      due += 30 * DAY
    },
    markHealth: async (input) => {
      troubles.push(input.trouble.reason)
      return row.fakes.markHealth!(input)
    },
  }
  await world.run(fakes, async () => {
    await world.verbs.startInbox(ref, 'google')
    await world.env.sleep('31 days')
    await waitFor(() => renewed.length === 1, { what: 'the first renewal' })
    expect(renewed[0]! - now).toBeGreaterThanOrEqual(30 * DAY)
    await world.env.sleep('31 days')
    await waitFor(() => troubles[0] === 'access_revoked', { what: 'the end of access' })
    expect(renewed).toHaveLength(2)
  })
})
