// Objects as files below one directory.

import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { checkedKey, type Storage, StorageUnavailable, writing } from './storage.ts'

export function createDirectoryStorage(directory: string): Storage {
  const pathOf = (key: string) => join(directory, checkedKey(key))
  return {
    async put(key, content) {
      const path = pathOf(key)
      // Under another name first: a reader or a crash never sees half a file. `flush` is an fsync,
      // since the row that says "stored" is durable too.
      const partial = `${path}.${randomBytes(6).toString('hex')}.part`
      return writing(content, async () => {
        try {
          await mkdir(dirname(path), { recursive: true })
          if (Buffer.isBuffer(content)) await writeFile(partial, content, { flush: true })
          else await pipeline(content, createWriteStream(partial, { flush: true }))
          const size = Buffer.isBuffer(content) ? content.length : (await stat(partial)).size
          await rename(partial, path)
          return size
        } catch (error) {
          await rm(partial, { force: true })
          throw error
        }
      })
    },
    async move(from, to) {
      const [source, target] = [pathOf(from), pathOf(to)]
      await orUnavailable(async () => {
        await mkdir(dirname(target), { recursive: true })
        await rename(source, target)
      })
    },
    open: (key, range) => createReadStream(pathOf(key), range),
    async size(key) {
      const path = pathOf(key)
      return orUnavailable(async () => {
        try {
          return (await stat(path)).size
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
          throw error
        }
      })
    },
    async delete(key) {
      const path = pathOf(key)
      await orUnavailable(() => rm(path, { force: true }))
    },
  }
}

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new StorageUnavailable(error)
  }
}
