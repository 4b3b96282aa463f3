// The errors channels throw; activities translate them for Temporal.

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

/** A connect form that cannot be used; `field` is the JSON path of the field at fault. */
export class InvalidSettings extends Error {
  readonly field: string
  readonly reason: string

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`)
    this.name = 'InvalidSettings'
    this.field = field
    this.reason = reason
  }
}

/** The sign-in was not for the inbox's account or page. Names stay out of what Temporal is told. */
export class WrongAccount extends ChannelError {
  readonly signedInAs: string

  constructor(signedInAs: string, reason = 'wrong_account') {
    super('ActionRequired', { reason })
    this.name = 'WrongAccount'
    this.signedInAs = signedInAs
  }
}

/** The message may have gone out: look for it before anybody repeats it. */
export class AmbiguousSend extends Error {
  readonly details: FailureDetails

  constructor(details: FailureDetails) {
    super(details.reason)
    this.name = 'AmbiguousSend'
    this.details = details.evidence
      ? { ...details, evidence: evidenceOf(details.evidence) }
      : details
  }
}

/** A webhook that its provider is not proved to have sent. */
export class SignatureRefused extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'SignatureRefused'
  }
}
