import { type ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import { again, failureOf, pacing } from '../../activities/failures.ts'

async function endOf(error: unknown, attempt: number): Promise<ApplicationFailure> {
  const { fail } = pacing({ fail: () => Promise.reject(error) })
  const environment = new MockActivityEnvironment({ attempt })
  return environment.run<[], unknown, () => Promise<unknown>>(fail).then(
    () => expect.unreachable(),
    (failure) => failure,
  )
}

test('a failure that names no delay is repeated later from try to try, five minutes at most', async () => {
  const away = () => failureOf('Unavailable', { reason: 'connection_refused' })
  for (const newError of [away, () => new Error('a fault of ours')]) {
    for (const [attempt, seconds] of [
      [1, 5],
      [3, 20],
      [40, 300],
    ] as const) {
      const { nextRetryDelay, message, nonRetryable } = await endOf(newError(), attempt)
      expect(Number(nextRetryDelay)).toBeGreaterThanOrEqual(seconds * 800)
      expect(Number(nextRetryDelay)).toBeLessThanOrEqual(seconds * 1_200)
      expect([message, nonRetryable]).toEqual([newError().message, false])
    }
  }
})

test('a Postgres that is away is asked again soon, however often a worker died before', async () => {
  const lost = Object.assign(new Error('lost'), { code: 'CONNECTION_CLOSED' })
  expect(Number((await endOf(lost, 40)).nextRetryDelay)).toBeLessThanOrEqual(6_000)
})

test('what names its delay, ends for good or was cancelled stays as it is', async () => {
  expect((await endOf(again('Nothing new', 7), 9)).nextRetryDelay).toBe(7)
  const final = await endOf(failureOf('ReauthorizationRequired', { reason: 'wrong_password' }), 9)
  expect([final.nonRetryable, final.nextRetryDelay]).toEqual([true, undefined])
  const cancelled = new CancelledFailure('cancelled')
  expect(await endOf(cancelled, 9)).toBe(cancelled)
})
