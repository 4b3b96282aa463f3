// What Google's token endpoint says, as one of the six kinds. Documented at
// https://developers.google.com/identity/protocols/oauth2/web-server#exchange-errors-invalid-grant.
import type { FailureKind } from '../../domain/failures.ts'
import { ChannelError } from '../errors.ts'
import { retryAfterMs, withoutAddresses } from '../mail/oauth.ts'

interface Reply {
  status?: number
  data?: { error?: unknown; error_description?: unknown; error_subtype?: unknown }
  headers?: Headers
}

const MINUTE = 60_000

/** Ours to mend, so no inbox is to be blamed: each looks again after a while. */
const APP_BROKEN = new Set(['invalid_client', 'unauthorized_client', 'redirect_uri_mismatch'])
const APP_RETRY_MS = 15 * MINUTE

/** A ChannelError for whatever the library threw; ChannelErrors pass unchanged. */
export function googleError(error: unknown): ChannelError {
  if (error instanceof ChannelError) return error
  const { response, code } = error as { response?: Reply; code?: unknown }
  const { data, headers } = response ?? {}
  const status = response?.status
  const problem = typeof data?.error === 'string' ? data.error : ''
  const evidence = withoutAddresses(
    [problem, data?.error_description, data?.error_subtype].filter(Boolean).join(': ') ||
      (status === undefined ? String(code ?? 'no answer') : `HTTP ${status}`),
  )
  const failed = (kind: FailureKind, reason: string, after?: number) =>
    new ChannelError(kind, {
      reason,
      evidence,
      ...(after === undefined ? {} : { retryAfterMs: after }),
    })
  if (status === 429) {
    const after = retryAfterMs(headers?.get?.('retry-after')) ?? MINUTE
    return failed('RateLimited', 'sign_in_throttled', after)
  }
  if (status === undefined || status >= 500) return failed('Unavailable', 'sign_in_unavailable')
  if (APP_BROKEN.has(problem)) return failed('Unavailable', 'oauth_app_broken', APP_RETRY_MS)
  if (problem === 'admin_policy_enforced') return failed('ActionRequired', 'blocked_by_policy')
  if (problem === 'invalid_grant') {
    const stepUp = data?.error_subtype === 'invalid_rapt'
    return failed('ReauthorizationRequired', stepUp ? 'step_up_required' : 'access_revoked')
  }
  return failed('Unavailable', 'sign_in_unavailable')
}
