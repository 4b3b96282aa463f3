// Encrypts what Temporal keeps: arguments, results, current details. Off without keys, since histories
// hold ids only and are easier to read so. Ids, search attributes, type names and the messages of
// failures are not payloads, and stay readable.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'

export interface PayloadKey {
  id: string
  /** 32 bytes. */
  key: Buffer
}

/** As in Temporal's own samples, so that its tools know such a payload by sight. */
const ENCODING = 'binary/encrypted'
const KEY_ID = 'encryption-key-id'
const NONCE = 12
const TAG = 16
const { Payload: Wire } = proto.temporal.api.common.v1

/** For the options of every client, worker and replay. */
export function converterWith(keys: readonly PayloadKey[]): { dataConverter?: DataConverter } {
  return keys.length > 0 ? { dataConverter: { payloadCodecs: [createPayloadCodec(keys)] } } : {}
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a random nonce; the first key seals, all of them open. What was
 * written before there were keys is read as it is.
 */
export function createPayloadCodec(keys: readonly PayloadKey[]): PayloadCodec {
  const current = keys[0]
  if (!current) throw new Error('At least one payload key is needed')
  const byId = new Map(keys.map(({ id, key }) => [id, key]))
  return {
    encode: async (payloads) => payloads.map((payload) => seal(payload, current)),
    /** @throws Error when the key is not configured, or the payload was changed */
    decode: async (payloads) => payloads.map((payload) => open(payload, byId)),
  }
}

function seal(payload: Payload, { id, key }: PayloadKey): Payload {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const metadata = { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) }
  cipher.setAAD(metadata[KEY_ID]!)
  const body = [cipher.update(Wire.encode(payload).finish()), cipher.final()]
  return { metadata, data: Buffer.concat([nonce, ...body, cipher.getAuthTag()]) }
}

function open(payload: Payload, byId: Map<string, Buffer>): Payload {
  const { metadata, data } = payload
  if (!metadata || !data || textOf(metadata.encoding) !== ENCODING) return payload
  const id = textOf(metadata[KEY_ID])
  const key = byId.get(id)
  if (!key) throw new Error(`Payload key "${id}" is not configured`)
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, NONCE), {
    authTagLength: TAG,
  })
  decipher.setAAD(Buffer.from(id))
  decipher.setAuthTag(data.subarray(-TAG))
  const body = data.subarray(NONCE, -TAG)
  return Wire.decode(Buffer.concat([decipher.update(body), decipher.final()])) as Payload
}

const textOf = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString()
