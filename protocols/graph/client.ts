// Calls to Meta's Graph API over the guarded exchange. Tokens travel in a header, never in an address.

import type { IncomingHttpHeaders } from 'node:http'
import { exchange } from '../../net/http-exchange.ts'
import type { NetPolicy } from '../../net/policy.ts'
import { GraphError, refusalIn } from './graph-error.ts'
import { proofOf } from './signature.ts'
import { restMs } from './usage.ts'

/** The operator's app at Meta, and where Graph is. */
export interface GraphApp {
  readonly appId: string
  readonly appSecret: string
  /** Such as `https://graph.facebook.com`, without a slash at the end. */
  readonly graphUrl: string
  /** Such as `v25.0`. */
  readonly graphVersion: string
}

export interface GraphCall {
  method?: 'GET' | 'POST' | 'DELETE'
  /** Below the version, such as `me/accounts`. */
  path: string
  token?: string
  /** Whose secret proves the token; the operator's app when absent. */
  secret?: string
  query?: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
  timeoutMs?: number
}

export interface GraphReply {
  body: Record<string, unknown>
  /** Milliseconds to wait before the next call, so that no limit is reached. */
  restMs: number
}

export interface Graph {
  readonly app: GraphApp
  readonly policy: NetPolicy
  /** @throws GraphError when Graph refuses; HostRefused, HostUnknown, RequestFailed of net */
  call(call: GraphCall): Promise<GraphReply>
}

/** A page of a hundred conversations with their messages stays far below. */
const MAX_BYTES = 8_000_000
const TIMEOUT_MS = 30_000

export function createGraph(app: GraphApp, policy: NetPolicy): Graph {
  return {
    app,
    policy,
    async call({ method = 'GET', path, token, secret = app.appSecret, query, body, timeoutMs }) {
      const url = new URL(`${app.graphUrl}/${app.graphVersion}/${path}`)
      for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value)
      if (token !== undefined) url.searchParams.set('appsecret_proof', proofOf(secret, token))
      const { status, text, headers, cut } = await exchange(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
        policy,
        signal: AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS),
        maxBytes: MAX_BYTES,
      })
      const said = cut ? undefined : parsed(text)
      if (status !== 200 || said === undefined || 'error' in said) {
        throw new GraphError(status === 200 ? 502 : status, refusalIn(said), waitOf(headers))
      }
      return { body: said, restMs: restMs(headers) }
    },
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const said: unknown = JSON.parse(text)
    return typeof said === 'object' && said !== null ? { ...said } : undefined
  } catch {
    return undefined
  }
}

function waitOf(headers: IncomingHttpHeaders): number | undefined {
  const seconds = Number(headers['retry-after'])
  return seconds > 0 ? seconds * 1000 : restMs(headers) || undefined
}
