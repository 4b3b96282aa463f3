// A storage that keeps nothing a malware scanner objects to.

import { Readable } from 'node:stream'
import type { Storage } from './storage.ts'

/** `not_scannable`: larger than what the scanner is set to look at. */
export type RefusalReason = 'infected' | 'not_scannable'

export interface Scanner {
  /**
   * Undefined: it found nothing.
   * @throws StorageUnavailable when it cannot be asked: what was to be stored must wait
   */
  scan(content: Readable): Promise<RefusalReason | undefined>
}

/** The file was not stored, and never will be. */
export class FileRefused extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason) {
    super(`The file was refused: ${reason}`)
    this.name = 'FileRefused'
    this.reason = reason
  }
}

/** The same storage, whose `put` also @throws FileRefused. */
export function scanned(storage: Storage, scanner: Scanner): Storage {
  async function check(content: Readable): Promise<void> {
    const reason = await scanner.scan(content)
    if (reason) throw new FileRefused(reason)
  }
  return {
    ...storage,
    async put(key, content) {
      if (Buffer.isBuffer(content)) {
        await check(Readable.from([content]))
        return storage.put(key, content)
      }
      // A stream can be read once only. Until put returns no row names the key, so nobody reads it.
      const size = await storage.put(key, content)
      try {
        await check(storage.open(key))
      } catch (error) {
        await storage.delete(key)
        throw error
      }
      return size
    },
  }
}
