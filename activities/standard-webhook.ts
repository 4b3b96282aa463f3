// Standard Webhooks 1.0: how everything that leaves for somebody's endpoint is signed and posted.

import { createHmac } from 'node:crypto'
import { evidenceOf } from '../domain/failures.ts'
import type { NetPolicy } from '../net/policy.ts'
import { postJson } from '../net/post-json.ts'

/** Receivers acknowledge and think later. */
const TIMEOUT_MS = 10_000

export interface SignedDelivery {
  url: string
  secret: string
  /** The same for every repeat, so that a receiver recognises it. */
  id: string
  payload: unknown
}

/** The receiver says that this endpoint is over. */
const GONE = 410

export interface DeliveryAnswer {
  delivered: boolean
  /** The endpoint is over: no repeat will be taken. */
  gone: boolean
  /** 0: no answer came. */
  status: number
  /** The receiver's words, or why there are none. */
  evidence: string
}

/** One try; never throws for what the receiver or the way to it does. */
export async function postSigned(
  { url, secret, id, payload }: SignedDelivery,
  policy: NetPolicy,
  now: Date,
): Promise<DeliveryAnswer> {
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const body = JSON.stringify(payload)
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${sign(secret, id, timestamp, body)}`,
  }
  try {
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: 4096 }
    const { status, text } = await postJson(url, body, headers, policy, limits)
    const delivered = status >= 200 && status < 300
    return { delivered, gone: status === GONE, status, evidence: evidenceOf(text) }
  } catch (error) {
    const evidence = evidenceOf(error instanceof Error ? error.message : error)
    return { delivered: false, gone: false, status: 0, evidence }
  }
}

/** HMAC-SHA256 over id.timestamp.body; a `whsec_` secret is base64. */
export function sign(secret: string, id: string, timestamp: string, body: string): string {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret)
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
}
