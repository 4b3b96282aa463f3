// The life of an inbox in words that people read later. Whoever watches it hears of each entry.

import { addAccountEvents } from './account-events.ts'
import type { Database } from './client.ts'

export async function addToTimeline(
  db: Database,
  ref: { accountId: number; inboxId: number },
  kind: string,
  data: Record<string, unknown> = {},
  actorUserId?: number | null | undefined,
): Promise<void> {
  await db
    .insertInto('timeline')
    .values({
      account_id: ref.accountId,
      inbox_id: ref.inboxId,
      kind,
      data,
      actor_user_id: actorUserId ?? null,
    })
    .execute()
  const event = { kind: 'inbox.updated', data: { inbox_id: ref.inboxId } }
  await addAccountEvents(db, ref.accountId, [event])
}
