// A file of unknown content into the storage, in flat memory: written under a name of its own while
// its hash is taken, then moved to the key of its content.

import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { detectType, HEAD_BYTES } from './detect-type.ts'
import { contentKey, type Storage } from './storage.ts'

export interface StoredFile {
  key: string
  /** Bytes. */
  size: number
  /** By its bytes; null: nothing that may be shown in a page. */
  detectedType: string | null
}

/** The file goes on after the largest size that is stored; nothing of it was kept. */
export class FileTooLarge extends Error {
  constructor(limitBytes: number) {
    super(`The file is larger than ${limitBytes} bytes`)
    this.name = 'FileTooLarge'
  }
}

export interface StoreStreamOptions {
  accountId: number
  limitBytes: number
  /** Awaited before a key is written to, so that no object is without a row (db/stored-objects). */
  claim: (key: string) => Promise<void>
}

/** @throws FileTooLarge, StorageUnavailable, or the stream's own error: nothing is stored then. */
export async function storeStream(
  storage: Storage,
  content: Readable,
  { accountId, limitBytes, claim }: StoreStreamOptions,
): Promise<StoredFile> {
  const hash = createHash('sha256')
  const head: Buffer[] = []
  let size = 0
  async function* metered() {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      if (size < HEAD_BYTES) head.push(chunk.subarray(0, HEAD_BYTES - size))
      size += chunk.length
      if (size > limitBytes) throw new FileTooLarge(limitBytes)
      hash.update(chunk)
      yield chunk
    }
  }
  const arriving = `${accountId}/arriving/${randomUUID()}`
  await claim(arriving)
  await storage.put(arriving, Readable.from(metered(), { objectMode: false }))
  const key = contentKey(accountId, hash.digest('hex'))
  await claim(key)
  if ((await storage.size(key)) === size) await storage.delete(arriving)
  else await storage.move(arriving, key)
  return { key, size, detectedType: await detectType(Buffer.concat(head)) }
}
