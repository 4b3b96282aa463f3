// What Microsoft's token endpoint says, as one of the six kinds. `error` and `suberror` decide; the
// AADSTS numbers only refine (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
import type { FailureKind } from '../../domain/failures.ts'
import { ChannelError } from '../errors.ts'
import { retryAfterMs, withoutAddresses } from '../mail/oauth.ts'

/** The last answer of the token endpoint; undefined when there was none. */
export interface TokenReply {
  status: number
  headers: Record<string, string>
  body: {
    error?: string
    suberror?: string
    error_description?: string
    error_codes?: number[]
  }
}

type Meaning = readonly [FailureKind, reason: string, retryAfterMs?: number]

const MINUTE = 60_000
const APP_BROKEN: Meaning = ['Unavailable', 'oauth_app_broken', 15 * MINUTE]
const REVOKED: Meaning = ['ReauthorizationRequired', 'access_revoked']
const STEP_UP: Meaning = ['ReauthorizationRequired', 'step_up_required']
const CONSENT: Meaning = ['ReauthorizationRequired', 'consent_required']
const POLICY: Meaning = ['ActionRequired', 'blocked_by_policy']
const AWAY: Meaning = ['Unavailable', 'sign_in_unavailable']

const BY_CODE = new Map<number, Meaning>([
  ...each([50076, 50079, 50078, 50074, 50072, 50158], STEP_UP),
  ...each([65001, 65004, 65005, 650056, 650057], CONSENT),
  ...each([90094, 900971], ['ActionRequired', 'admin_consent_required']),
  ...each([53000, 53001, 53002, 53003, 530035, 50105, 50053], POLICY),
  ...each([50057, 50034, 50020, 16000, 50194], ['ActionRequired', 'account_unusable']),
  ...each([7000215, 7000222, 700016, 70001, 50011, 500011, 70011], APP_BROKEN),
  ...each([50033, 50087, 90006, 90012, 90014, 90024, 90033, 80002, 80014], AWAY),
  // It counts identical requests: slower is what it asks for.
  [50196, ['Unavailable', 'sign_in_unavailable', 5 * MINUTE]],
])

const BY_ERROR: Record<string, Meaning> = {
  invalid_grant: REVOKED,
  interaction_required: STEP_UP,
  login_required: STEP_UP,
  consent_required: CONSENT,
  invalid_client: APP_BROKEN,
  unauthorized_client: APP_BROKEN,
  invalid_scope: APP_BROKEN,
  temporarily_unavailable: AWAY,
}

/** Microsoft's own grouping of what a person can do about it. */
const BY_SUBERROR: Record<string, Meaning> = {
  bad_token: REVOKED,
  consent_required: CONSENT,
  basic_action: STEP_UP,
  additional_action: STEP_UP,
  user_password_expired: STEP_UP,
  message_only: POLICY,
}

export function microsoftError(error: unknown, reply: TokenReply | undefined): ChannelError {
  if (error instanceof ChannelError) return error
  const [kind, reason, after] = meaningOf(reply)
  const delay = retryAfterMs(reply?.headers['retry-after']) ?? after
  return new ChannelError(kind, {
    reason,
    evidence: withoutAddresses(evidenceOf(error, reply)),
    ...(delay === undefined ? {} : { retryAfterMs: delay }),
  })
}

function meaningOf(reply: TokenReply | undefined): Meaning {
  if (reply === undefined) return AWAY
  const { status, body } = reply
  if (status === 429) return ['RateLimited', 'sign_in_throttled', MINUTE]
  if (status >= 500) return AWAY
  const bySuberror = BY_SUBERROR[body.suberror ?? '']
  const byError = BY_ERROR[body.error ?? '']
  // Whose fault an invalid client is, no number changes.
  if (byError === APP_BROKEN) return byError
  return bySuberror ?? byCode(body.error_codes) ?? byError ?? AWAY
}

function byCode(codes: number[] = []): Meaning | undefined {
  return codes.map((code) => BY_CODE.get(code)).find(Boolean)
}

/** The first sentence; trace ids and times say nothing to people. */
function evidenceOf(error: unknown, reply: TokenReply | undefined): string {
  const { error: problem, error_description } = reply?.body ?? {}
  const words = error_description?.split(/\s*Trace ID:/)[0]
  if (words) return words
  if (problem) return problem
  if (reply) return `HTTP ${reply.status}`
  return error instanceof Error && 'errorCode' in error ? String(error.errorCode) : 'no answer'
}

function each(codes: number[], meaning: Meaning): [number, Meaning][] {
  return codes.map((code) => [code, meaning])
}
