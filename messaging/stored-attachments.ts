// Attachment contents go to storage before the transaction that refers to them: an object without a
// row costs a little space, a row without its object would be a lost file.

import type { InboundMessage } from '../channels/channel.ts'
import { contentKey, type Storage } from '../storage/storage.ts'

/** By message (its position in the page) and attachment: the storage key, or null. */
export type StorageKeys = (string | null)[][]

/** How many files are written at a time. */
const AT_ONCE = 8

export async function putAttachments(
  storage: Storage | undefined,
  accountId: number,
  messages: readonly InboundMessage[],
): Promise<StorageKeys> {
  const keys: StorageKeys = messages.map(({ attachments }) => attachments.map(() => null))
  if (!storage) return keys
  const waiting = messages.flatMap(({ attachments }, at) =>
    attachments.flatMap(({ content }, index) => (content ? [{ at, index, content }] : [])),
  )
  const put = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const key = contentKey(accountId, next.content)
      if ((await storage.size(key)) !== next.content.length) await storage.put(key, next.content)
      keys[next.at]![next.index] = key
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, put))
  return keys
}
