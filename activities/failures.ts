// The single translation of a ChannelError into what Temporal understands, and back into trouble.

import { Context } from '@temporalio/activity'
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
} from '@temporalio/common'
import { ChannelError } from '../channels/errors.ts'
import { isPostgresAway } from '../db/connections.ts'
import { failureDelayMs } from '../domain/backoff.ts'
import type { FailureDetails, FailureKind } from '../domain/failures.ts'
import type { Direction } from '../domain/inbox.ts'
import type { WORKFLOW_FAILURES } from '../temporal/contracts.ts'

/** Kinds that a repeat cannot mend: the workflow decides what happens next. */
const FINAL: readonly FailureKind[] = [
  'ReauthorizationRequired',
  'ActionRequired',
  'MessageRejected',
  'CursorLost',
]

/** Throttling without a number: long enough for a provider's minute window to pass. */
const DEFAULT_RATE_LIMIT_MS = 60_000

/** A ChannelError becomes an ApplicationFailure of its kind; anything else is a bug and stays. */
export function toTemporalFailure(error: unknown): unknown {
  if (!(error instanceof ChannelError)) return error
  return failureOf(error.kind, error.details)
}

export function failureOf(
  kind: FailureKind,
  details: FailureDetails,
  direction?: Direction,
): ApplicationFailure {
  const delay = details.retryAfterMs ?? (kind === 'RateLimited' ? DEFAULT_RATE_LIMIT_MS : undefined)
  return ApplicationFailure.create({
    message: details.reason,
    type: kind,
    details: [{ reason: details.reason, evidence: details.evidence ?? null, direction }],
    nonRetryable: FINAL.includes(kind),
    ...(delay === undefined ? {} : { nextRetryDelay: delay }),
    ...(kind === 'RateLimited' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  })
}

/** What no provider said and no repeat can mend: what it is about is gone. */
export function finalFailure(
  type: keyof typeof WORKFLOW_FAILURES,
  message: string,
): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true })
}

/** Ends the attempt without an event: the server starts the next one after the delay. */
export function again(why: string, afterMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: why,
    type: 'Again',
    category: ApplicationFailureCategory.BENIGN,
    // The server reads 0 as "not given" and would compute a delay of its own.
    nextRetryDelay: Math.max(afterMs, 1),
  })
}

/** Wraps each activity of a room, so that no caller can forget the translation. */
export const translating = <T extends Activities>(activities: T): T =>
  failingAs(activities, toTemporalFailure)

/**
 * For activities that Temporal repeats at once when their worker has died: any other failure says
 * here how long to wait, from try to try longer.
 */
export const pacing = <T extends Activities>(activities: T): T =>
  failingAs(activities, (error) =>
    error instanceof CancelledFailure ? error : paced(error, Context.current().info.attempt),
  )

type Activities = Record<string, (...args: never[]) => Promise<unknown>>

function failingAs<T extends Activities>(activities: T, meaningOf: (error: unknown) => unknown): T {
  const wrapped = Object.entries(activities).map(([name, run]) => {
    const activity = (...args: never[]) =>
      run(...args).catch((error: unknown) => {
        throw meaningOf(error)
      })
    return [name, activity]
  })
  return Object.fromEntries(wrapped) as T
}

function paced(error: unknown, attempt: number): ApplicationFailure {
  const failure = ApplicationFailure.fromError(error)
  if (failure.nonRetryable || failure.nextRetryDelay) return failure
  const failures = isPostgresAway(error) ? 0 : attempt - 1
  const nextRetryDelay = failureDelayMs(failures, Math.random())
  return ApplicationFailure.fromError(failure, { nextRetryDelay })
}
