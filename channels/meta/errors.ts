// Graph's refusals as ChannelErrors. A token is called dead only when Graph itself says so twice.
// https://developers.facebook.com/docs/graph-api/guides/error-handling

import type { FailureKind } from '../../domain/failures.ts'
import { HostRefused, HostUnknown, RequestFailed } from '../../net/errors.ts'
import type { Graph } from '../../protocols/graph/client.ts'
import { GraphError } from '../../protocols/graph/graph-error.ts'
import { withoutSecrets } from '../../protocols/without-secrets.ts'
import { AmbiguousSend, ChannelError } from '../errors.ts'
import { object } from './webhook.ts'

export interface Meaning {
  kind: FailureKind
  reason: string
  retryAfterMs?: number | undefined
}

/** What a refusal means in one channel only; undefined: as everywhere at Meta. */
export type OwnMeaning = (error: GraphError) => Meaning | undefined

export interface Calling {
  graph: Graph
  /** Whose refusal is to be proved; without one a refused token is the app's fault. */
  token?: string | undefined
  own?: OwnMeaning
}

/** Runs calls to Graph. @throws ChannelError for whatever they threw */
export async function calling<T>(context: Calling, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const meaning = await channelErrorOf(context, error)
    // A refusal that nobody knows is no message's fault where none was sent.
    if (meaning instanceof ChannelError && meaning.details.reason === UNKNOWN) {
      throw new ChannelError('Unavailable', { ...meaning.details, reason: 'server_unavailable' })
    }
    throw meaning
  }
}

const UNKNOWN = 'message_refused'

/**
 * The same for a POST that no key makes repeatable: what broke off after it was sent may have
 * arrived. @throws ChannelError, AmbiguousSend
 */
export async function callingOnce<T>(context: Calling, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const unanswered = error instanceof RequestFailed && !NEVER_SENT.has(error.code)
    const broken = error instanceof GraphError && error.status >= 500 && error.code === 0
    if (!unanswered && !broken) throw await channelErrorOf(context, error)
    const reason = broken ? 'server_unavailable' : 'connection_lost'
    throw new AmbiguousSend({ reason, evidence: broken ? error.message : String(error.code) })
  }
}

/** The connection was never made. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'])

async function channelErrorOf(context: Calling, error: unknown): Promise<unknown> {
  if (error instanceof HostRefused) {
    return new ChannelError('ActionRequired', { reason: 'host_not_allowed', evidence: error.host })
  }
  if (error instanceof HostUnknown || error instanceof RequestFailed) {
    const reason = error.code === 'ETIMEDOUT' ? 'timeout' : 'connection_lost'
    return new ChannelError('Unavailable', { reason, evidence: error.code })
  }
  if (!(error instanceof GraphError)) return error
  if (TOKEN_REFUSED.has(error.code)) return judge(context, error)
  const meaning = context.own?.(error) ?? meaningOf(error)
  return failure(context, meaning, error)
}

/** Only `debug_token` proves that a token is dead: 190 comes in Meta's bad hours too. */
async function judge(context: Calling, error: GraphError): Promise<ChannelError> {
  const { graph, token } = context
  if (token === undefined) return failure(context, APP_BROKEN, error)
  const life = await tokenLife(graph, token)
  if (life === 'dead') {
    const reason = DEATHS[error.subcode] ?? 'token_invalid'
    return failure(context, { kind: 'ReauthorizationRequired', reason }, error)
  }
  return failure(context, { kind: 'Unavailable', reason: 'access_token_doubted' }, error)
}

/** `unknown` when Graph could not be asked. Anything but a clear no counts as alive. */
export async function tokenLife(
  graph: Graph,
  token: string,
): Promise<'alive' | 'dead' | 'unknown'> {
  const { appId, appSecret } = graph.app
  try {
    const { body } = await graph.call({
      path: 'debug_token',
      query: { input_token: token, access_token: `${appId}|${appSecret}` },
    })
    return object(body.data).is_valid === false ? 'dead' : 'alive'
  } catch {
    return 'unknown'
  }
}

/** 190: the token itself; 102: its session. */
const TOKEN_REFUSED = new Set([190, 102])
const DEATHS: Record<number, string> = {
  458: 'app_removed',
  459: 'checkpoint',
  460: 'password_changed',
  463: 'token_expired',
  464: 'account_unconfirmed',
  467: 'token_invalid',
  492: 'page_role_lost',
}

const APP_BROKEN: Meaning = {
  kind: 'Unavailable',
  reason: 'oauth_app_broken',
  retryAfterMs: 15 * 60_000,
}
const RATE_LIMITS = new Set([4, 17, 32, 341, 613, 80_007, 130_429])
/** 3: capability; 10 and 200-299: permissions. */
const isPermission = (code: number) => code === 3 || code === 10 || (code >= 200 && code <= 299)

function meaningOf(error: GraphError): Meaning {
  const { code, status, transient, retryAfterMs } = error
  const limited = RATE_LIMITS.has(code) || (code >= 80_001 && code <= 80_009) || status === 429
  if (limited) return { kind: 'RateLimited', reason: 'throttled', retryAfterMs }
  if (code === 101 || (code === 1 && /client secret/i.test(error.message))) return APP_BROKEN
  if (transient || code === 1 || code === 2 || code === -1) {
    return { kind: 'Unavailable', reason: 'server_unavailable', retryAfterMs }
  }
  if (code === 368) return { kind: 'ActionRequired', reason: 'blocked_by_meta' }
  if (isPermission(code)) return { kind: 'ActionRequired', reason: 'meta_permission_missing' }
  if (code === 0) return { kind: 'Unavailable', reason: 'server_unavailable' }
  return { kind: 'MessageRejected', reason: UNKNOWN }
}

function failure(
  { graph, token }: Calling,
  { kind, reason, retryAfterMs }: Meaning,
  error: GraphError,
): ChannelError {
  const { code, subcode, message } = error
  const number = [code || undefined, subcode || undefined].filter(Boolean).join('/')
  return new ChannelError(kind, {
    reason,
    evidence: withoutSecrets(`${number} ${message}`, [token, graph.app.appSecret]),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
