// Meta's webhooks: one address for every page and number of the app, and batches of all of them.
// https://developers.facebook.com/docs/graph-api/webhooks/getting-started

import { isSignedBy } from '../../protocols/graph/signature.ts'
import { SignatureRefused } from '../errors.ts'
import type { RawPart, WebhookRequest } from '../webhook.ts'

/** Whose secret signs: the operator's app, or one that an inbox brings along. */
export interface SigningApp {
  appSecret: string
}

/** @throws SignatureRefused unless the app's secret made the signature */
export function verifyMeta({ headers, body }: WebhookRequest, { appSecret }: SigningApp): void {
  const signature = headers['x-hub-signature-256']
  if (!signature) throw new SignatureRefused('no signature')
  if (!isSignedBy(appSecret, body, signature)) throw new SignatureRefused('a wrong signature')
}

type Json = Record<string, unknown>

export interface Entry {
  object: string
  id: string
  body: Json
}

/** The entries of a batch; empty when it is no batch. */
export function entriesOf({ body }: RawPart): Entry[] {
  const { object, entry } = parsed(body)
  return list(entry).map((one) => ({ object: text(object), id: text(one.id), body: one }))
}

/** A request that holds only this of an entry: what is kept of one event, and can be read again. */
export function partOf({ object, body }: Entry, holding: Json): RawPart {
  const { id, time } = body
  const kept = { object, entry: [{ id, time, ...holding }] }
  return { contentType: 'application/json', query: '', body: Buffer.from(JSON.stringify(kept)) }
}

/** Empty when it is no JSON object. */
export function parsed(body: Buffer): Json {
  try {
    return object(JSON.parse(body.toString('utf8')))
  } catch {
    return {}
  }
}

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

export function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : []
}

/** As Postgres takes it: well-formed, without NUL. Ids come as numbers too. */
export function text(value: unknown): string {
  const string = typeof value === 'number' ? String(value) : value
  return typeof string === 'string' ? string.replaceAll('\0', '').toWellFormed() : ''
}

/** Milliseconds or, where the provider writes so, seconds since 1970; `fallback` for nonsense. */
export function timeOf(value: unknown, unit: 'ms' | 's', fallback: Date): Date {
  const number = Number(value) * (unit === 's' ? 1000 : 1)
  return number > 0 && number < 8e15 ? new Date(number) : fallback
}

const HIDDEN_ENDS = new Set(['from', 'to', 'wa_id', 'recipient_id', 'phone_number', 'input'])
const SHOWN = new Set(
  `object field type mid id original_message_id message_id timestamp time status event reason
  initiated_by is_echo is_deleted is_unsupported app_id action code title mime_type phone_number_id
  phase chunk_order progress watermark messaging_product sync_type`.split(/\s+/),
)

/** For people who look for a fault: nothing of what anybody wrote, of numbers only the end. */
export function redactMeta({ body }: RawPart): Record<string, unknown> {
  return redacted('', parsed(body)) as Record<string, unknown>
}

function redacted(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => redacted(key, item))
  if (typeof value === 'object' && value !== null) {
    const isPerson = key === 'sender' || key === 'recipient'
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        isPerson && name === 'id' ? endOf(inner) : redacted(name, inner),
      ]),
    )
  }
  if (HIDDEN_ENDS.has(key)) return endOf(value)
  if (typeof value !== 'string' || SHOWN.has(key)) return value
  return `[${[...value].length}]`
}

const endOf = (value: unknown) => `…${String(value).slice(-4)}`
