// A storage behind ClamAV: nothing infected is kept, and what cannot be looked at waits.
import { randomBytes } from 'node:crypto'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStorage } from '../../storage/open-storage.ts'
import { StorageUnavailable } from '../../storage/storage.ts'
import { type ClamdSimulator, EICAR, startClamd } from '../simulators/clamd.ts'
import { behavesAsStorage } from './storage-behaviour.ts'

const storageDir = mkdtempSync(join(tmpdir(), 'scanned-'))
let clamd: ClamdSimulator
beforeAll(async () => {
  clamd = await startClamd()
})
afterAll(() => {
  clamd.close()
  rmSync(storageDir, { recursive: true, force: true })
})

const open = (clamdAddress = process.env.CLAMD_ADDRESS || clamd.address) =>
  openStorage({ storageDir, s3: null, clamdAddress })
const kept = (prefix = '') =>
  globSync(`${prefix}**`, { cwd: storageDir, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

behavesAsStorage(open, (prefix) => kept(`${prefix}/`))

test.each([
  ['a buffer', () => Buffer.from(`zip ${EICAR}`)],
  ['a stream', () => Readable.from([randomBytes(100_000), Buffer.from(EICAR)])],
])('what is infected is refused and not kept, from %s', async (_, content) => {
  const before = kept()
  const refused = { name: 'FileRefused', reason: 'infected' }
  await expect(open().put('1/infected', content())).rejects.toMatchObject(refused)
  expect(kept()).toEqual(before)
})

test('what is larger than the scanner looks at is refused as well', async () => {
  const refused = { name: 'FileRefused', reason: 'not_scannable' }
  const huge = Readable.from(Array.from({ length: 40 }, () => randomBytes(1_000_000)))
  await expect(open().put('1/huge', huge)).rejects.toMatchObject(refused)
  expect(await open().size('1/huge')).toBeUndefined()
})

test('while nobody scans nothing is kept, and it may be tried again', async () => {
  const unused = await startClamd()
  unused.close()
  const storage = open(unused.address)
  await expect(storage.put('1/later', Buffer.from('x'))).rejects.toBeInstanceOf(StorageUnavailable)
  const stream = Readable.from([Buffer.from('x')])
  await expect(storage.put('1/later', stream)).rejects.toBeInstanceOf(StorageUnavailable)
  expect(await storage.size('1/later')).toBeUndefined()
})
