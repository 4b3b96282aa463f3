// Payloads at rest: nothing can be read or changed without the key, and keys can be rotated.
import { defaultPayloadConverter } from '@temporalio/common'
import { expect, test } from 'vitest'
import { converterWith, createPayloadCodec } from '../../temporal/payload-codec.ts'

const old = { id: 'old', key: Buffer.alloc(32, 1) }
const young = { id: 'young', key: Buffer.alloc(32, 2) }
const payload = defaultPayloadConverter.toPayload({ accountId: 1, secret: 'Text of a payload' })

test('a payload comes back as it was, and nothing of it can be read meanwhile', async () => {
  const codec = createPayloadCodec([old])
  const [sealed] = await codec.encode([payload])
  expect(Buffer.from(sealed!.data!).toString('latin1')).not.toContain('Text of')
  expect(Object.keys(sealed!.metadata!)).toEqual(['encoding', 'encryption-key-id'])
  const [opened] = await codec.decode([sealed!])
  expect(defaultPayloadConverter.fromPayload(opened!)).toEqual({
    accountId: 1,
    secret: 'Text of a payload',
  })
})

test('the same payload twice is not seen to be the same', async () => {
  const [a, b] = await createPayloadCodec([old]).encode([payload, payload])
  expect(Buffer.from(a!.data!)).not.toEqual(Buffer.from(b!.data!))
})

test('after a rotation the new key seals and both open; without the old one its name is told', async () => {
  const [before] = await createPayloadCodec([old]).encode([payload])
  const rotated = createPayloadCodec([young, old])
  const [after] = await rotated.encode([payload])
  expect(Buffer.from(after!.metadata!['encryption-key-id']!).toString()).toBe('young')
  const opened = await rotated.decode([before!, after!])
  expect(opened.map((one) => defaultPayloadConverter.fromPayload(one))).toHaveLength(2)
  await expect(createPayloadCodec([young]).decode([before!])).rejects.toThrow('"old"')
})

test('what was written before there were keys is read as it is', async () => {
  expect(await createPayloadCodec([old]).decode([payload])).toEqual([payload])
  expect(converterWith([])).toEqual({})
})

test.each(['data', 'key id'] as const)(
  'a payload whose %s was changed does not open',
  async (part) => {
    const codec = createPayloadCodec([old, { id: 'twin', key: old.key }])
    const [sealed] = await codec.encode([payload])
    const { metadata, data } = sealed as { metadata: Record<string, Uint8Array>; data: Uint8Array }
    const changed =
      part === 'data'
        ? { metadata, data: data.map((byte, at) => (at === 20 ? byte ^ 1 : byte)) }
        : { metadata: { ...metadata, 'encryption-key-id': Buffer.from('twin') }, data }
    await expect(codec.decode([changed])).rejects.toThrow()
  },
)
