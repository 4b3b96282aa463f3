// The storage that the configuration asks for.

import { createClamd } from './clamd.ts'
import { createDirectoryStorage } from './directory.ts'
import { createS3Storage, type S3Options } from './s3.ts'
import { scanned } from './scanned.ts'
import type { Storage } from './storage.ts'

/** A bucket when one is named, else the directory; with a scanner before it when one is named. */
export function openStorage({
  storageDir,
  s3,
  clamdAddress,
}: {
  storageDir: string
  s3: S3Options | null
  clamdAddress?: string | null
}): Storage {
  const storage = s3 ? createS3Storage(s3) : createDirectoryStorage(storageDir)
  return clamdAddress ? scanned(storage, createClamd(clamdAddress)) : storage
}
