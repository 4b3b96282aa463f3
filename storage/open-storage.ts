// The storage that the configuration asks for.

import { createDirectoryStorage } from './directory.ts'
import { createS3Storage, type S3Options } from './s3.ts'
import type { Storage } from './storage.ts'

/** A bucket when one is named, else the directory. */
export function openStorage({
  storageDir,
  s3,
}: {
  storageDir: string
  s3: S3Options | null
}): Storage {
  return s3 ? createS3Storage(s3) : createDirectoryStorage(storageDir)
}
