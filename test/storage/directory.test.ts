import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { createDirectoryStorage } from '../../storage/directory.ts'
import { contentKey } from '../../storage/storage.ts'

const dir = mkdtempSync(join(tmpdir(), 'storage-'))
const storage = createDirectoryStorage(dir)
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('what was put comes back, from a buffer and from a stream', async () => {
  const content = Buffer.from('olá, anexo')
  const key = contentKey(7, content)
  expect(key).toMatch(/^7\/[0-9a-f]{2}\/[0-9a-f]{64}$/)
  expect(await storage.put(key, content)).toBe(content.length)
  expect(await storage.put(key, Readable.from([content]))).toBe(content.length)
  expect(await storage.size(key)).toBe(content.length)
  expect(await buffer(storage.open(key))).toEqual(content)
})

test('the same content of two accounts is two objects', () => {
  const content = Buffer.from('x')
  expect(contentKey(1, content)).not.toBe(contentKey(2, content))
})

test('a stream that breaks leaves nothing behind', async () => {
  const broken = new Readable({
    read() {
      this.push('half')
      this.destroy(new Error('gone'))
    },
  })
  await expect(storage.put('8/broken', broken)).rejects.toThrow('gone')
  expect(await storage.size('8/broken')).toBeUndefined()
  expect(readdirSync(join(dir, '8'))).toEqual([])
})

test('a key never leaves the directory, and deleting what is not there is fine', async () => {
  for (const key of ['../x', '/etc/passwd', 'a/../b', '', 'a//b']) {
    expect(() => storage.open(key)).toThrow('Not a storage key')
    await expect(storage.put(key, Buffer.from('x'))).rejects.toThrow('Not a storage key')
  }
  await storage.delete('8/nothing')
})
