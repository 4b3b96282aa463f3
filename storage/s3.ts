// Objects in a bucket of S3, or of anything that speaks like it.

import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
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

/**
 * A stream goes up in parts of this size (S3 asks for at least 5 MB, and takes 10,000 of them): one at
 * a time out of one buffer, so that its length is no matter of memory.
 */
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

  async function putStream(target: ReturnType<typeof at>, content: Readable): Promise<number> {
    const parts = partsOf(content)
    const first = await parts.next()
    if (first.done) {
      await client.send(new PutObjectCommand({ ...target, Body: first.value }))
      return first.value.length
    }
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target))
    const upload = { ...target, UploadId }
    const Parts: { PartNumber: number; ETag: string | undefined }[] = []
    let size = 0
    try {
      for (let part: IteratorResult<Buffer, Buffer> = first; ; part = await parts.next()) {
        const { value: Body } = part
        const PartNumber = Parts.length + 1
        const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))
        Parts.push({ PartNumber, ETag })
        size += Body.length
        if (part.done) break
      }
      await client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
      )
      return size
    } catch (error) {
      content.destroy()
      // What was uploaded so far would be paid for until somebody notices.
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {})
      throw error
    }
  }

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
        return putStream(target, content)
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

/** Full parts, then the rest, which may be empty. Each is used up before the next is asked for. */
async function* partsOf(content: Readable): AsyncGenerator<Buffer, Buffer> {
  const part = Buffer.allocUnsafe(PART_BYTES)
  let filled = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; ) {
      if (filled === PART_BYTES) {
        yield part
        filled = 0
      }
      const copied = chunk.copy(part, filled, at)
      filled += copied
      at += copied
    }
  }
  return part.subarray(0, filled)
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = (error ?? {}) as Error & { $metadata?: { httpStatusCode?: number } }
  // A bucket that is not there is a mistake of the operator's, not a missing object.
  return name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404
}

function missing(): Error {
  return Object.assign(new Error('There is no such object'), { code: 'ENOENT' })
}
