// IMAP and SMTP faults as ChannelErrors with stable reasons. Causes are not attached: a library's
// error may carry the command, and with it a password.
import type { FailureKind } from '../../domain/failures.ts'
import { classifyImap, type ImapFaultKind } from '../../protocols/imap/classify.ts'
import { classifySmtp, type SmtpFaultKind } from '../../protocols/smtp/classify.ts'
import { withoutSecrets } from '../../protocols/without-secrets.ts'
import { ChannelError } from '../errors.ts'
import { type Login, secretsOf } from './account.ts'

type Meaning = readonly [FailureKind, reason: string]

const NETWORK = {
  host_not_allowed: ['ActionRequired', 'host_not_allowed'],
  host_not_found: ['Unavailable', 'host_not_found'],
  connection_refused: ['Unavailable', 'connection_refused'],
  connection_lost: ['Unavailable', 'connection_lost'],
  timeout: ['Unavailable', 'timeout'],
  tls_failed: ['Unavailable', 'tls_failed'],
  certificate: ['ActionRequired', 'certificate'],
  // Chosen once, it stays: going on in the clear is what a man in the middle would want.
  starttls_missing: ['ActionRequired', 'starttls_not_offered'],
  server_unavailable: ['Unavailable', 'server_unavailable'],
  too_many_connections: ['RateLimited', 'too_many_connections'],
  needs_app_password: ['ActionRequired', 'needs_app_password'],
  needs_oauth: ['ActionRequired', 'needs_oauth'],
  credentials_refused: ['ReauthorizationRequired', 'wrong_password'],
  unknown: ['Unavailable', 'server_unavailable'],
} as const satisfies Record<string, Meaning>

const IMAP: Record<ImapFaultKind, Meaning> = {
  ...NETWORK,
  throttled: ['RateLimited', 'throttled'],
  over_quota: ['RateLimited', 'over_quota'],
  imap_disabled: ['ActionRequired', 'imap_disabled'],
  mailbox_refused: ['Unavailable', 'mailbox_refused'],
  provider_challenge: ['ActionRequired', 'provider_challenge'],
  // Proof only when it comes twice a minute apart, which the activity decides.
  login_refused: ['Unavailable', 'login_refused'],
  command_refused: ['Unavailable', 'command_refused'],
}

const SMTP: Record<SmtpFaultKind, Meaning> = {
  ...NETWORK,
  smtp_auth_disabled: ['ActionRequired', 'smtp_auth_disabled'],
  tls_required: ['ActionRequired', 'tls_required'],
  login_not_offered: ['ActionRequired', 'login_not_offered'],
  sending_limit: ['RateLimited', 'over_quota'],
  sender_refused: ['MessageRejected', 'sender_refused'],
  recipient_refused: ['MessageRejected', 'recipient_refused'],
  message_too_large: ['MessageRejected', 'message_too_large'],
  message_refused: ['MessageRejected', 'message_refused'],
}

const MINUTE = 60_000
const RETRY_AFTER: Record<string, number> = {
  login_refused: MINUTE,
  too_many_connections: 5 * MINUTE,
  throttled: 5 * MINUTE,
  over_quota: 60 * MINUTE,
}

/** A ChannelError for whatever IMAP or its connection threw; ChannelErrors pass unchanged. */
export function imapError(error: unknown, login: Login): Error {
  if (error instanceof ChannelError || isAbort(error)) return error as Error
  const { kind, evidence, retryAfterMs } = classifyImap(error)
  return channelError(meaningFor(login, kind, IMAP[kind]), evidence, login, retryAfterMs)
}

/** The same for SMTP. */
export function smtpError(error: unknown, login: Login): Error {
  if (error instanceof ChannelError || isAbort(error)) return error as Error
  const { kind, evidence } = classifySmtp(error)
  return channelError(meaningFor(login, kind, SMTP[kind]), evidence, login)
}

/** Tokens die every hour: a refused one proves nothing until a fresh one is refused too. */
function meaningFor({ auth }: Login, kind: string, meaning: Meaning): Meaning {
  const refused = kind === 'credentials_refused' || kind === 'login_refused'
  return auth && 'accessToken' in auth && refused ? ['Unavailable', 'token_refused'] : meaning
}

function channelError(
  [kind, reason]: Meaning,
  evidence: string,
  login: Login,
  retryAfterMs = RETRY_AFTER[reason],
): ChannelError {
  return new ChannelError(kind, {
    reason,
    evidence: withoutSecrets(evidence, secretsOf(login)),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
