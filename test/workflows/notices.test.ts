// How long an incident is told to somebody who does not answer, with days skipped.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { again } from '../../activities/failures.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { startWorkflowWorld, type WorkflowWorld } from './workflow-world.ts'

let world: WorkflowWorld
beforeEach(async () => {
  world = await startWorkflowWorld()
})
afterEach(() => world?.stop())

const ref = { accountId: 1, inboxId: 7 }
const DAY = 86_400_000
const ended = () => world.client.workflow.getHandle(workflowIds.notices(ref.inboxId)).result()

/** Notices that are pending until they are delivered or given up. */
function noticeboard(...ids: number[]) {
  const pending = new Set(ids)
  const givenUp: number[] = []
  return {
    givenUp,
    settle: (id: number) => void pending.delete(id),
    listNotices: async () => [...pending],
    giveUpNotice: async ({ noticeId }: { noticeId: number }) => {
      pending.delete(noticeId)
      givenUp.push(noticeId)
    },
  }
}

test('a dead webhook is asked for four days, at least hourly, then given up; it holds up no other', async () => {
  const { settle, givenUp, ...board } = noticeboard(1, 2)
  const asked: number[] = []
  const delivered: number[] = []
  await world.run(
    {
      ...board,
      deliverNotice: async ({ noticeId }) => {
        if (noticeId === 1) {
          asked.push(await world.env.currentTimeMs())
          throw new Error('nobody there')
        }
        delivered.push(asked.length)
        settle(noticeId)
      },
    },
    async () => {
      await world.verbs.wakeNotices(ref)
      await ended()
    },
  )
  expect(givenUp).toEqual([1])
  expect(delivered).toHaveLength(1)
  expect(delivered[0]).toBeLessThan(5)
  const gaps = asked.slice(1).map((at, n) => at - asked[n]!)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(3_600_000 + 60_000)
  const lasted = asked.at(-1)! - asked[0]!
  expect(lasted).toBeGreaterThan(3.9 * DAY)
  expect(lasted).toBeLessThanOrEqual(4 * DAY)
})

test('an endpoint that comes back after a weekend hears of it, and nothing is given up', async () => {
  const { settle, givenUp, ...board } = noticeboard(1)
  let backAt = 0
  await world.run(
    {
      ...board,
      deliverNotice: async ({ noticeId }) => {
        const now = await world.env.currentTimeMs()
        backAt ||= now + 2.5 * DAY
        if (now < backAt) throw new Error('nobody there')
        settle(noticeId)
      },
    },
    async () => {
      await world.verbs.wakeNotices(ref)
      await ended()
    },
  )
  expect(givenUp).toEqual([])
})

test('a recovery waits ten minutes, and what happens meanwhile is told at once', async () => {
  const { settle, givenUp: _, ...board } = noticeboard(1)
  const told: { noticeId: number; at: number }[] = []
  let started = 0
  let second = false
  await world.run(
    {
      ...board,
      listNotices: async () => [...(await board.listNotices()), ...(second ? [2] : [])],
      deliverNotice: async ({ noticeId }) => {
        const at = await world.env.currentTimeMs()
        started ||= at
        if (noticeId === 1 && at < started + 600_000) {
          if (!second) {
            second = true
            await world.verbs.wakeNotices(ref)
          }
          throw again('not yet', 600_000)
        }
        if (noticeId === 2) second = false
        settle(noticeId)
        told.push({ noticeId, at: at - started })
      },
    },
    async () => {
      await world.verbs.wakeNotices(ref)
      await ended()
    },
  )
  expect(told.map(({ noticeId }) => noticeId)).toEqual([2, 1])
  expect(told[0]!.at).toBeLessThan(60_000)
})
