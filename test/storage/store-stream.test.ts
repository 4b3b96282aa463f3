// Files of unknown content: hashed, measured and named while they pass.
import { createHash, randomBytes } from 'node:crypto'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { detectType } from '../../storage/detect-type.ts'
import { createDirectoryStorage } from '../../storage/directory.ts'
import { contentKey } from '../../storage/storage.ts'
import { FileTooLarge, storeStream } from '../../storage/store-stream.ts'
import { png } from './pictures.ts'

const dir = mkdtempSync(join(tmpdir(), 'storage-'))
const storage = createDirectoryStorage(dir)
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const picture = png()
const store = (content: Readable, limitBytes = 1_000_000, claimed: string[] = []) =>
  storeStream(storage, content, {
    accountId: 7,
    limitBytes,
    claim: async (key) => void claimed.push(key),
  })
const files = () => globSync('**/*', { cwd: dir, withFileTypes: true }).filter((f) => f.isFile())

test('a file lies under its hash, once, and every key was noted before it was written', async () => {
  const claimed: string[] = []
  const pieces = [picture.subarray(0, 3), picture.subarray(3)]
  const file = await store(Readable.from(pieces), undefined, claimed)
  const sha256 = createHash('sha256').update(picture).digest('hex')
  expect(file).toEqual({
    key: `7/${sha256.slice(0, 2)}/${sha256}`,
    size: picture.length,
    detectedType: 'image/png',
  })
  expect(await buffer(storage.open(file.key))).toEqual(picture)
  expect(await store(Readable.from([picture]))).toEqual(file)
  expect(files()).toHaveLength(1)
  expect(claimed).toEqual([expect.stringMatching(/^7\/arriving\//), file.key])
})

test('the same content of two accounts is two objects', () => {
  expect(contentKey(1, 'abcd')).not.toBe(contentKey(2, 'abcd'))
})

test('a file that goes on after the limit is given up, and its source is let go', async () => {
  const before = files().length
  let ended = false
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(1000)
    } finally {
      ended = true
    }
  }
  await expect(store(Readable.from(endless()), 5000)).rejects.toBeInstanceOf(FileTooLarge)
  expect(ended).toBe(true)
  expect(files()).toHaveLength(before)
})

test.each([
  ['image/png', picture],
  ['image/gif', Buffer.from('GIF89a0000')],
  ['image/jpeg', Buffer.from('ffd8ffe000104a464946', 'hex')],
  ['audio/ogg', Buffer.from(`OggS${'\0'.repeat(24)}OpusHead`)],
  ['video/mp4', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1')],
  [null, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
  [null, Buffer.from('<!doctype html><script>alert(1)</script>')],
  [null, Buffer.from('%PDF-1.7\n')],
  [null, Buffer.from('')],
])('what may be shown is told by its bytes: %s', async (type, content) => {
  expect(await detectType(content)).toBe(type)
})

test('no beginning of a file breaks the detection', async () => {
  const heads = [
    '89504e47',
    'ffd8ff',
    '504b0304',
    '1f8b08',
    '00000018667479',
    '4f676753',
    '52494646',
  ]
  for (let at = 0; at < 2000; at++) {
    const head = Buffer.from(heads[at % heads.length]!, 'hex')
    const type = await detectType(Buffer.concat([head, randomBytes(at % 300)]))
    expect(type === null || /^(image|audio|video)\//.test(type)).toBe(true)
  }
})
