import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { createDirectoryStorage } from '../../storage/directory.ts'
import { StorageUnavailable } from '../../storage/storage.ts'
import { behavesAsStorage } from './storage-behaviour.ts'

const dir = mkdtempSync(join(tmpdir(), 'storage-'))
const storage = createDirectoryStorage(dir)
afterAll(() => rmSync(dir, { recursive: true, force: true }))

behavesAsStorage(
  () => storage,
  (prefix) => globSync(`${prefix}/**/*.*`, { cwd: dir }),
)

test('a directory that cannot be written to says so, and that it was not the stream', async () => {
  writeFileSync(join(dir, 'file'), '')
  const unusable = createDirectoryStorage(join(dir, 'file'))
  const content = [Buffer.from('x'), Readable.from([Buffer.from('x')])]
  for (const one of content) {
    await expect(unusable.put('1/a', one)).rejects.toBeInstanceOf(StorageUnavailable)
  }
  await expect(unusable.size('1/a')).rejects.toBeInstanceOf(StorageUnavailable)
})

const small = join(dir, 'small')
mkdirSync(small)
const mount = ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]
const isMounted = spawnSync('mount', mount).status === 0
afterAll(() => isMounted && spawnSync('umount', [small]))

// A file system of its own takes root, and a container may forbid it even then.
test.skipIf(!isMounted)(
  'a disk that is full keeps nothing of a file, and takes it when there is room',
  async () => {
    const onSmall = createDirectoryStorage(small)
    const files = () => globSync('**/*.*', { cwd: small })
    await onSmall.put('1/a/first', Buffer.alloc(150_000, 1))
    const second = Buffer.alloc(150_000, 2)
    for (const content of [second, Readable.from([second.subarray(0, 70_000), second])]) {
      const failure = await onSmall.put('1/b/second', content).catch((error) => error)
      expect(failure).toBeInstanceOf(StorageUnavailable)
      expect(failure.cause).toMatchObject({ code: 'ENOSPC' })
      expect(files()).toEqual([])
      expect(await onSmall.size('1/b/second')).toBeUndefined()
    }
    await onSmall.delete('1/a/first')
    expect(await onSmall.put('1/b/second', second)).toBe(150_000)
  },
)
