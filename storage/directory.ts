// Attachments as files below one directory.

import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Storage } from './storage.ts'

/** Keys are slash-separated words; anything that could leave the directory is refused. */
const KEY = /^[\w-]+(\/[\w-]+)*$/

export function createDirectoryStorage(directory: string): Storage {
  const pathOf = (key: string) => {
    if (!KEY.test(key)) throw new Error('Not a storage key')
    return join(directory, key)
  }
  return {
    async put(key, content) {
      const path = pathOf(key)
      await mkdir(dirname(path), { recursive: true })
      // Under another name first: a reader or a crash never sees half a file. `flush` is an fsync,
      // since the row that says "stored" is durable too.
      const partial = `${path}.${randomBytes(6).toString('hex')}.part`
      const source = Buffer.isBuffer(content) ? Readable.from([content]) : content
      try {
        await pipeline(source, createWriteStream(partial, { flush: true }))
        const { size } = await stat(partial)
        await rename(partial, path)
        return size
      } catch (error) {
        await rm(partial, { force: true })
        throw error
      }
    },
    open: (key) => createReadStream(pathOf(key)),
    async size(key) {
      try {
        return (await stat(pathOf(key))).size
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  }
}
