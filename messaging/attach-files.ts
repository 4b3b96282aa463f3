// Files that lie in the storage already become attachments of a message.

import type { Trx } from '../db/client.ts'
import { claimObjects } from '../db/stored-objects.ts'

export interface AttachedFile {
  fileName: string
  contentType: string
  /** Bytes. */
  size: number
  storageKey: string
  detectedType: string | null
}

export async function attachFiles(
  trx: Trx,
  accountId: number,
  messageId: number,
  files: readonly AttachedFile[],
): Promise<void> {
  if (files.length === 0) return
  const keys = files.map(({ storageKey }) => storageKey)
  await claimObjects(trx, accountId, keys)
  const rows = files.map((file, position) => ({
    account_id: accountId,
    message_id: messageId,
    position,
    file_name: file.fileName,
    content_type: file.contentType,
    size: file.size,
    state: 'stored' as const,
    storage_key: file.storageKey,
    detected_type: file.detectedType,
  }))
  await trx.insertInto('attachments').values(rows).execute()
}
