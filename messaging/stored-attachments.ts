// Attachment contents go to storage before the transaction that refers to them: an object without a
// row is swept away later, a row without its object would be a lost file.

import { createHash } from 'node:crypto'
import type { InboundAttachment, InboundMessage } from '../channels/channel.ts'
import type { Database } from '../db/client.ts'
import { claimObjects } from '../db/stored-objects.ts'
import { detectType } from '../storage/detect-type.ts'
import { FileRefused, type RefusalReason } from '../storage/scanned.ts'
import { contentKey, type Storage, StorageUnavailable } from '../storage/storage.ts'
import type { StoredFile } from '../storage/store-stream.ts'

/** What became of a file: stored, or refused by the scanner for ever. */
export type FileFate = StoredFile | { refused: RefusalReason }
/** The fate of an attachment of a page; null: not stored yet, or never. */
export type FileOf = (message: InboundMessage, index: number) => FileFate | null

/** How many files are written at a time. */
const AT_ONCE = 8

/**
 * Stores what came with its content. While the storage is away, files that can be fetched from the
 * mailbox later are left there, so that no mail waits for them.
 * @throws StorageUnavailable for a file that only this page holds
 */
export async function putAttachments(
  db: Database,
  storage: Storage | undefined,
  accountId: number,
  messages: readonly InboundMessage[],
): Promise<FileOf> {
  const fates = new Map<InboundAttachment, FileFate>()
  const waiting = messages.flatMap((message) =>
    message.attachments.flatMap((attachment) =>
      attachment.content
        ? [{ attachment, content: attachment.content, key: keyOf(attachment.content) }]
        : [],
    ),
  )
  const put = async (store: Storage) => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { attachment, content, key } = next
      try {
        if ((await store.size(key)) !== content.length) await store.put(key, content)
        const detectedType = await detectType(content)
        fates.set(attachment, { key, size: content.length, detectedType })
      } catch (error) {
        if (error instanceof FileRefused) {
          fates.set(attachment, { refused: error.reason })
          continue
        }
        const fetchable = attachment.part !== null
        if (!(error instanceof StorageUnavailable) || !fetchable) throw error
      }
    }
  }
  if (storage && waiting.length > 0) {
    const keys = waiting.map(({ key }) => key)
    await claimObjects(db, accountId, keys)
    await Promise.all(Array.from({ length: AT_ONCE }, () => put(storage)))
  }
  return (message, index) => fates.get(message.attachments[index]!) ?? null

  function keyOf(content: Buffer): string {
    return contentKey(accountId, createHash('sha256').update(content).digest('hex'))
  }
}
