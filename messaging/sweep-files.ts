// Removes objects that nothing refers to any more. Whoever deletes rows only says which objects to
// look at: the same content may be another message's file, or about to become one.

import type { Database } from '../db/client.ts'
import { sweepObjects } from '../db/stored-objects.ts'
import type { Storage } from '../storage/storage.ts'

/** Locks of one batch are held while its objects are deleted, so it is small. */
const BATCH = 50

/**
 * Everything that is due, of one account or of all; returns how many objects were deleted.
 * @throws StorageUnavailable; what was deleted before stays deleted
 */
export async function sweepFiles(
  db: Database,
  storage: Storage,
  { accountId, signal }: { accountId?: number; signal?: AbortSignal } = {},
): Promise<number> {
  let deleted = 0
  for (;;) {
    const batch = { accountId, limit: BATCH, remove: (key: string) => storage.delete(key) }
    const swept = await sweepObjects(db, batch)
    deleted += swept.deleted
    if (swept.checked < BATCH || signal?.aborted) return deleted
  }
}
