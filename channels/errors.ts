// The one error class channels throw; activities translate it for Temporal.

import { evidenceOf, type FailureDetails, type FailureKind } from '../domain/failures.ts'

/** A classified provider failure. `reason` is a stable code with a text in `locales/`. */
export class ChannelError extends Error {
  readonly kind: FailureKind
  readonly details: FailureDetails

  constructor(kind: FailureKind, details: FailureDetails, options?: ErrorOptions) {
    super(details.reason, options)
    this.name = 'ChannelError'
    this.kind = kind
    this.details = details.evidence
      ? { ...details, evidence: evidenceOf(details.evidence) }
      : details
  }
}
