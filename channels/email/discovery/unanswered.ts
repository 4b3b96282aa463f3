// A source that gives nothing: for good, for now, or by a bug of ours.
import { HostRefused, HostUnknown, RequestFailed } from '../../../net/errors.ts'

/** No answer in time, or a resolver that has trouble. */
export function mayAnswerLater(error: unknown): boolean {
  if (error instanceof HostUnknown) return error.temporary
  return error instanceof RequestFailed && error.code === 'ETIMEDOUT'
}

/** Undefined for a host that is unknown, refused or no help. @throws anything else */
export function silentlyNone(error: unknown): undefined {
  const expected = [HostUnknown, HostRefused, RequestFailed].some((known) => error instanceof known)
  if (!expected) throw error
}
