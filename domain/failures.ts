// The six kinds of failure and how one is recognised. Anything else is a bug.

export type FailureKind =
  | 'ReauthorizationRequired'
  | 'ActionRequired'
  | 'RateLimited'
  | 'Unavailable'
  | 'MessageRejected'
  | 'CursorLost'

export const FAILURE_KINDS: readonly FailureKind[] = [
  'ReauthorizationRequired',
  'ActionRequired',
  'RateLimited',
  'Unavailable',
  'MessageRejected',
  'CursorLost',
]

/**
 * What a failure carries besides its kind; serialised into Temporal, so never a secret or a body.
 * `reason` is a stable code that `locales/` has texts for.
 */
export interface FailureDetails {
  reason: string
  /** The provider's own words, truncated to 300 characters. */
  evidence?: string
  /** Milliseconds until a repeat makes sense. */
  retryAfterMs?: number
}

export const EVIDENCE_LIMIT = 300

/** One line, truncated, without control characters: safe for logs, histories and screens. */
export function evidenceOf(text: unknown): string {
  return String(text ?? '')
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, EVIDENCE_LIMIT)
}
