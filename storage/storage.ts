// Where attachments lie: an object store by key. A directory, or S3 and what speaks like it.

import type { Readable } from 'node:stream'

/** First and last byte, both included. */
export interface ByteRange {
  start: number
  end: number
}

/** Keys are slash-separated words. Every method but `open` @throws StorageUnavailable. */
export interface Storage {
  /**
   * Writes the object, whole or not at all; the same key again is fine. Returns its size in bytes.
   * An error of the stream itself is passed on as it is.
   */
  put(key: string, content: Buffer | Readable): Promise<number>
  /** Gives an object another key, over whatever was there. */
  move(from: string, to: string): Promise<void>
  /** The stream fails with code ENOENT when there is no such object. */
  open(key: string, range?: ByteRange): Readable
  /** Bytes; undefined when there is no such object. */
  size(key: string): Promise<number | undefined>
  /** Nothing happens when there is no such object. */
  delete(key: string): Promise<void>
}

/** The disk is full, the store is away or refuses us: what was to be stored must wait. */
export class StorageUnavailable extends Error {
  constructor(cause: unknown) {
    const { code, name = 'Error' } = (cause ?? {}) as { code?: string; name?: string }
    super(`The storage cannot be used: ${code ?? name}`, { cause })
    this.name = 'StorageUnavailable'
  }
}

/** Content-addressed within the account: the same file twice is one object, never another tenant's. */
export function contentKey(accountId: number, sha256: string): string {
  return `${accountId}/${sha256.slice(0, 2)}/${sha256}`
}

const KEY = /^[\w-]+(\/[\w-]+)*$/

/** @throws Error on anything that could leave the place where objects lie. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new Error('Not a storage key')
  return key
}

/** Runs a write and tells a fault of the store from one of the stream that was to be written. */
export async function writing<T>(content: Buffer | Readable, write: () => Promise<T>): Promise<T> {
  let fault: unknown
  if (!Buffer.isBuffer(content)) content.once('error', (error) => (fault ??= error))
  try {
    return await write()
  } catch (error) {
    throw error === fault ? error : new StorageUnavailable(error)
  }
}
