import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
