// Where attachments lie: an object store by key. A directory by default, S3 may follow.

import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'

export interface Storage {
  /** Writes the object, whole or not at all; the same key again is fine. Returns its size in bytes. */
  put(key: string, content: Buffer | Readable): Promise<number>
  /** @throws Error with code ENOENT, also when the stream is already handed out */
  open(key: string): Readable
  /** Bytes; undefined when there is no such object. */
  size(key: string): Promise<number | undefined>
  /** Nothing happens when there is no such object. */
  delete(key: string): Promise<void>
}

/** Content-addressed within the account: the same file twice is one object, never another tenant's. */
export function contentKey(accountId: number, content: Buffer): string {
  const hash = createHash('sha256').update(content).digest('hex')
  return `${accountId}/${hash.slice(0, 2)}/${hash}`
}
