// What every storage does, whichever way it keeps its objects.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { Storage } from '../../storage/storage.ts'

/** `keysBelow` lists what is really kept below an account's prefix. */
export function behavesAsStorage(
  storage: () => Storage,
  keysBelow: (prefix: string) => string[],
): void {
  test('what was put comes back, from a buffer and from a stream, whole or in part', async () => {
    const content = Buffer.from('olá, anexo')
    expect(await storage().put('7/ab/one', content)).toBe(content.length)
    expect(await storage().put('7/ab/two', Readable.from([content]))).toBe(content.length)
    for (const key of ['7/ab/one', '7/ab/two']) {
      expect(await storage().size(key)).toBe(content.length)
      expect(await buffer(storage().open(key))).toEqual(content)
      expect(await buffer(storage().open(key, { start: 1, end: 3 }))).toEqual(
        content.subarray(1, 4),
      )
    }
  })

  test('a stream of many parts comes back as it was', async () => {
    const pieces = Array.from({ length: 20 }, () => randomBytes(1_000_003))
    expect(await storage().put('7/large', Readable.from(pieces))).toBe(20 * 1_000_003)
    expect((await buffer(storage().open('7/large'))).equals(Buffer.concat(pieces))).toBe(true)
  })

  test('a stream that breaks fails with its own error and leaves nothing behind', async () => {
    async function* broken() {
      yield randomBytes(9_000_000)
      throw new Error('gone')
    }
    await expect(storage().put('8/broken', Readable.from(broken()))).rejects.toThrow(/^gone$/)
    expect(await storage().size('8/broken')).toBeUndefined()
    expect(keysBelow('8')).toEqual([])
  })

  test('an object moves to another key, over what was there', async () => {
    await storage().put('9/from', Buffer.from('new'))
    await storage().put('9/aa/to', Buffer.from('older'))
    await storage().move('9/from', '9/aa/to')
    expect(await storage().size('9/from')).toBeUndefined()
    expect(await buffer(storage().open('9/aa/to'))).toEqual(Buffer.from('new'))
  })

  test('what is not there has no size, cannot be opened, and may be deleted', async () => {
    expect(await storage().size('9/nothing')).toBeUndefined()
    await storage().delete('9/nothing')
    await expect(buffer(storage().open('9/nothing'))).rejects.toMatchObject({ code: 'ENOENT' })
    await storage().put('9/gone', Buffer.from('x'))
    await storage().delete('9/gone')
    expect(await storage().size('9/gone')).toBeUndefined()
  })

  test('a key never leaves the place where objects lie', async () => {
    for (const key of ['../x', '/etc/passwd', 'a/../b', '', 'a//b']) {
      expect(() => storage().open(key)).toThrow('Not a storage key')
      await expect(storage().put(key, Buffer.from('x'))).rejects.toThrow('Not a storage key')
      await expect(storage().move('9/from', key)).rejects.toThrow('Not a storage key')
    }
  })
}
