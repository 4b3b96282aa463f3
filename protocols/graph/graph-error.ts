// What Graph answers when it refuses. https://developers.facebook.com/docs/graph-api/guides/error-handling

/** A refusal by code and subcode; the HTTP status says little, and the message is for people. */
export class GraphError extends Error {
  readonly status: number
  /** 0 when Graph gave none. */
  readonly code: number
  readonly subcode: number
  readonly transient: boolean
  /** Milliseconds until Graph lets us in again, where it says so. */
  readonly retryAfterMs: number | undefined

  constructor(status: number, error: GraphRefusal, retryAfterMs?: number) {
    super(wordsOf(status, error))
    this.name = 'GraphError'
    this.status = status
    this.code = numberOf(error.code)
    this.subcode = numberOf(error.error_subcode)
    this.transient = error.is_transient === true || status >= 500
    this.retryAfterMs = retryAfterMs
  }
}

export interface GraphRefusal {
  message?: unknown
  code?: unknown
  error_subcode?: unknown
  is_transient?: unknown
  /** WhatsApp's own explanation. */
  error_data?: { details?: unknown } | undefined
}

/** The error object of an answer; an answer without one is taken as an empty refusal. */
export function refusalIn(body: unknown): GraphRefusal {
  const { error } = (body ?? {}) as { error?: unknown }
  return typeof error === 'object' && error !== null ? error : {}
}

function wordsOf(status: number, { message, error_data }: GraphRefusal): string {
  const parts = [message, error_data?.details].filter((part) => typeof part === 'string')
  return parts.join(': ') || `HTTP ${status}`
}

const numberOf = (value: unknown) => (Number.isSafeInteger(value) ? (value as number) : 0)
