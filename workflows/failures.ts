// Reading a failed activity: which of the six kinds it was, if any.

import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow'
import type { Direction } from '../domain/inbox.ts'
import type { Trouble } from '../temporal/contracts.ts'

/** The ApplicationFailure inside an activity's or child's failure. */
export function applicationFailureOf(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return error
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) {
    return applicationFailureOf(error.cause)
  }
  return undefined
}

export function failureTypeOf(error: unknown): string | undefined {
  return applicationFailureOf(error)?.type ?? undefined
}

/** Nothing was free to start the activity in time. */
export function neverStarted(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START'
}

/** What only a person can mend; undefined for everything else, which is thrown on. */
export function troubleOf(error: unknown, direction: Direction): Trouble | undefined {
  const failure = applicationFailureOf(error)
  if (failure?.type !== 'ReauthorizationRequired' && failure?.type !== 'ActionRequired') {
    return undefined
  }
  return { kind: failure.type, ...wordsOf(failure, direction) }
}

/** The same of a connect, where nobody knows yet whether anything is right: a person looks at it. */
export function connectTroubleOf(error: unknown): Trouble | undefined {
  const failure = applicationFailureOf(error)
  if (!failure) return undefined
  const kind = 'ActionRequired' as const
  return troubleOf(error, 'receive') ?? { kind, ...wordsOf(failure, 'receive') }
}

/** Reason, the provider's words and the direction, as activities/failures.ts wrote them. */
export function wordsOf(failure: ApplicationFailure, direction: Direction) {
  const details = (failure.details?.[0] ?? {}) as Partial<Trouble>
  return {
    reason: details.reason ?? failure.message,
    evidence: details.evidence ?? null,
    direction: details.direction ?? direction,
  }
}
