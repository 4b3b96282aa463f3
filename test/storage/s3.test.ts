// Against a real S3 server. A machine that has neither the server nor Go to build it says so.
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canHaveGateway, type S3Server, startS3 } from '../../scripts/servers/s3.ts'
import { createS3Storage } from '../../storage/s3.ts'
import { StorageUnavailable } from '../../storage/storage.ts'
import { behavesAsStorage } from './storage-behaviour.ts'

if (!canHaveGateway()) console.warn('S3 is not tested here: install versitygw, or Go 1.24')

describe.skipIf(!canHaveGateway())('S3', () => {
  const dir = mkdtempSync(join(tmpdir(), 's3-'))
  let server: S3Server
  let storage: ReturnType<typeof createS3Storage>
  // Its first use on a machine builds it.
  beforeAll(async () => {
    server = await startS3({ dir, buckets: ['attachments'] })
    storage = createS3Storage({ ...server, bucket: 'attachments', prefix: 'inboxes/' })
  }, 600_000)
  afterAll(async () => {
    storage?.close()
    await server?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  const filesBelow = (prefix: string) =>
    globSync(`objects/attachments/inboxes/${prefix}/**/*`, { cwd: dir })

  behavesAsStorage(() => storage, filesBelow)

  test('an unfinished upload is taken back, so that nobody pays for its parts', () => {
    expect(globSync('objects/attachments/.sgwtmp/multipart/**/*', { cwd: dir })).toEqual([])
  })

  test('a wrong key, a missing bucket and a store that is away are faults of the store', async () => {
    const unusable = [
      { bucket: 'attachments', credentials: { accessKeyId: 'inboxes', secretAccessKey: 'wrong' } },
      { bucket: 'another' },
      { bucket: 'attachments', endpoint: 'http://127.0.0.1:9' },
    ]
    for (const change of unusable) {
      const other = createS3Storage({ ...server, prefix: '', ...change })
      await expect(other.put('1/a', Buffer.from('x'))).rejects.toBeInstanceOf(StorageUnavailable)
      other.close()
    }
  })
})
