// Objects in a bucket of S3, or of anything that speaks like it.

import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { type ByteRange, checkedKey, type Storage, StorageUnavailable, writing } from './storage.ts'

export interface S3Options {
  bucket: string
  region: string
  /** Another than Amazon's; the bucket is named in the path then, not in the host. */
  endpoint: string | null
  /** Null: the SDK's own ways to find them, such as the role of the machine. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null
  /** Before each key, such as `inboxes/`. */
  prefix: string
}

/** Of a stream whose length is unknown: this much is in memory, twice. S3 asks for at least 5 MB. */
const PART_BYTES = 8 * 1024 * 1024

export function createS3Storage(options: S3Options): Storage & { close(): void } {
  const { bucket: Bucket, region, endpoint, credentials } = options
  const client = new S3Client({
    region,
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(credentials ? { credentials } : {}),
    // Checksums beyond what S3 asks for are unknown to many other stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const at = (key: string) => ({ Bucket, Key: `${options.prefix}${checkedKey(key)}` })

  async function size(key: string): Promise<number | undefined> {
    try {
      return (await client.send(new HeadObjectCommand(at(key)))).ContentLength
    } catch (error) {
      if (isMissing(error)) return undefined
      throw new StorageUnavailable(error)
    }
  }

  async function* chunks(key: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const Range = range && `bytes=${range.start}-${range.end}`
    const { Body } = await client
      .send(new GetObjectCommand({ ...at(key), ...(Range ? { Range } : {}) }))
      .catch((error) => {
        throw isMissing(error) ? missing() : new StorageUnavailable(error)
      })
    yield* Body as Readable
  }

  return {
    async put(key, content) {
      const target = at(key)
      return writing(content, async () => {
        if (Buffer.isBuffer(content)) {
          await client.send(new PutObjectCommand({ ...target, Body: content }))
          return content.length
        }
        let size = 0
        const Body = Readable.from(
          counted(content, (bytes) => (size += bytes)),
          {
            objectMode: false,
          },
        )
        const params = { ...target, Body }
        await new Upload({ client, params, partSize: PART_BYTES, queueSize: 2 }).done()
        return size
      })
    },
    async move(from, to) {
      const source = at(from)
      const target = at(to)
      try {
        await client.send(
          new CopyObjectCommand({ ...target, CopySource: encodeURI(`${Bucket}/${source.Key}`) }),
        )
        await client.send(new DeleteObjectCommand(source))
      } catch (error) {
        throw new StorageUnavailable(error)
      }
    },
    open: (key, range) => {
      checkedKey(key)
      return Readable.from(chunks(key, range), { objectMode: false })
    },
    size,
    async delete(key) {
      try {
        await client.send(new DeleteObjectCommand(at(key)))
      } catch (error) {
        if (!isMissing(error)) throw new StorageUnavailable(error)
      }
    },
    close: () => client.destroy(),
  }
}

async function* counted(content: Readable, count: (bytes: number) => void) {
  for await (const chunk of content as AsyncIterable<Buffer>) {
    count(chunk.length)
    yield chunk
  }
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = (error ?? {}) as Error & { $metadata?: { httpStatusCode?: number } }
  // A bucket that is not there is a mistake of the operator's, not a missing object.
  return name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404
}

function missing(): Error {
  return Object.assign(new Error('There is no such object'), { code: 'ENOENT' })
}
