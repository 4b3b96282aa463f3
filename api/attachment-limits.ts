// The largest attachment that an account or an inbox stores; the smallest limit counts.
import { reconsiderLargeFiles } from '../db/large-files.ts'
import type { Deps } from './context.ts'
import { Nullable, Type } from './schemas.ts'

export const AttachmentLimit = Nullable(
  Type.Integer({
    minimum: 65_536,
    maximum: 5_000_000_000,
    description: 'Larger attachments stay in the mailbox; null: the limit of what is above',
  }),
)

/** After a limit was written: what was too large may be fetched now. */
export async function applyAttachmentLimit(
  { db, temporal, logger }: Deps,
  accountId: number,
  inboxId?: number,
): Promise<void> {
  for (const id of await reconsiderLargeFiles(db, accountId, inboxId)) {
    // Whatever wakes the inbox next starts the fetching just as well.
    await temporal.tellInbox({ accountId, inboxId: id }).catch((error) => {
      logger.warn({ inbox_id: id, error: String(error) }, 'files are fetched later')
    })
  }
}
