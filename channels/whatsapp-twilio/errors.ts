// Twilio's refusals and silences as ChannelErrors. What it says is kept, what we sent never is.

import { evidenceOf } from '../../domain/failures.ts'
import { AmbiguousSend, ChannelError } from '../errors.ts'
import type { TwilioAccess } from './client.ts'
import { reasonOf } from './refusal-codes.ts'
import type { TwilioConnection } from './settings.ts'

interface Refusal {
  status: number
  /** Twilio's own number; 0 without one. */
  code: number
  message: string
}

/**
 * Runs calls that send nothing. @throws ChannelError for whatever they threw; `command_refused` for what
 * Twilio will not do for this account, which may be mended there
 */
export async function calling<T>(
  access: TwilioAccess,
  connection: TwilioConnection,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw await meaningOf(access, connection, error, ({ evidence }) => {
      return new ChannelError('Unavailable', { reason: 'command_refused', evidence })
    })
  }
}

/**
 * The same for a POST that no key makes repeatable: what broke off after it was sent may have
 * arrived. @throws ChannelError, AmbiguousSend
 */
export async function callingOnce<T>(
  access: TwilioAccess,
  connection: TwilioConnection,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal ? refusal.status >= 500 : !NEVER_SENT.has(codeOf(error))) {
      throw new AmbiguousSend({
        reason: refusal ? 'server_unavailable' : 'connection_lost',
        evidence: refusal ? wordsOf(refusal) : codeOf(error),
      })
    }
    throw await meaningOf(access, connection, error, ({ code, evidence }) => {
      return new ChannelError('MessageRejected', { reason: reasonOf(code), evidence })
    })
  }
}

/** Limits are of calls at a time and of calls a second: a place is free soon. */
const LIMITED_MS = 3_000

/** The connection was never made. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

async function meaningOf(
  access: TwilioAccess,
  connection: TwilioConnection,
  error: unknown,
  refused: (refusal: { code: number; evidence: string }) => ChannelError,
): Promise<ChannelError> {
  if (error instanceof ChannelError) return error
  const refusal = refusalOf(error)
  if (!refusal) return unavailable(codeOf(error))
  const { status, code } = refusal
  if (status === 429 || code === 20429) {
    const details = { reason: 'throttled', evidence: wordsOf(refusal), retryAfterMs: LIMITED_MS }
    return new ChannelError('RateLimited', details)
  }
  if (status >= 500) {
    const details = { reason: 'server_unavailable', evidence: wordsOf(refusal) }
    return new ChannelError('Unavailable', details)
  }
  if (status === 401 || status === 403 || code === 20003) {
    return (await judge(access, connection)) ?? keyRefused(connection, refusal)
  }
  return refused({ code, evidence: wordsOf(refusal) })
}

/**
 * Asks for the account itself: only when that is refused too, the token is proved wrong. Undefined:
 * the account is well.
 */
export async function judge(
  access: TwilioAccess,
  connection: TwilioConnection,
): Promise<ChannelError | undefined> {
  const { account_sid } = connection.settings
  try {
    const { status } = await access.account(connection).api.v2010.accounts(account_sid).fetch()
    if (status === 'active') return undefined
    return new ChannelError('ActionRequired', { reason: 'account_suspended', evidence: status })
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) return unavailable(codeOf(error))
    const evidence = wordsOf(refusal)
    if (refusal.status === 401) {
      return new ChannelError('ReauthorizationRequired', { reason: 'auth_token_refused', evidence })
    }
    if (refusal.status === 404) {
      return new ChannelError('ActionRequired', { reason: 'account_not_found', evidence })
    }
    // A suspended account may not even look at itself.
    if (refusal.status === 403) {
      return new ChannelError('ActionRequired', { reason: 'account_suspended', evidence })
    }
    const kind = refusal.status === 429 ? 'RateLimited' : 'Unavailable'
    return new ChannelError(kind, { reason: 'server_unavailable', evidence })
  }
}

/** The account is well, so it is the API key, or something that only Twilio knows. */
function keyRefused({ settings }: TwilioConnection, refusal: Refusal): ChannelError {
  const evidence = wordsOf(refusal)
  return settings.api_key_sid
    ? new ChannelError('ActionRequired', { reason: 'api_key_refused', evidence })
    : new ChannelError('Unavailable', { reason: 'server_unavailable', evidence })
}

function unavailable(code: string): ChannelError {
  const reason = code === 'ETIMEDOUT' || code === 'ECONNABORTED' ? 'timeout' : 'connection_lost'
  return new ChannelError('Unavailable', { reason, evidence: code })
}

/** Undefined when Twilio did not answer. Its two kinds of errors share these fields. */
function refusalOf(error: unknown): Refusal | undefined {
  const { status, code, message } = (error ?? {}) as Partial<Refusal>
  if (typeof status !== 'number') return undefined
  return { status, code: Number(code) || 0, message: String(message ?? '') }
}

const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? 'unknown')

const wordsOf = ({ status, code, message }: Refusal) => evidenceOf(`${code || status} ${message}`)
