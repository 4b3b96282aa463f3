// History that a provider pushes: its chunks lie in the deliveries until a worker imports them, and
// the inbox's import says how far it has come.

import { sql } from 'kysely'
import type { HistoryEvent } from '../channels/webhook.ts'
import type { Trx } from '../db/client.ts'
import { askInbox } from '../db/outbox.ts'
import type { InboxRef } from './message-rows.ts'

/** What the import's window says of pushed history. */
export interface PushedWindow {
  kind: 'pushed'
  /** Per cent, as the provider counts. */
  progress: number
  end: 'complete' | 'refused' | null
}

/** Of several chunks, in whatever order. Later ones, after the end, are still history. */
export async function noteHistory(
  trx: Trx,
  inbox: InboxRef & { now: Date },
  events: readonly HistoryEvent[],
): Promise<void> {
  if (events.length === 0) return
  const { accountId, inboxId, now } = inbox
  const progress = Math.max(...events.map((event) => event.progress))
  const end = events.find((event) => event.end !== null)?.end ?? null
  const window: PushedWindow = { kind: 'pushed', progress, end }
  await sql`
    insert into imports as i (account_id, inbox_id, number, import_window, progress_at)
    values (${accountId}, ${inboxId}, 1, ${window}, ${now})
    on conflict (account_id, inbox_id, number) do update set progress_at = excluded.progress_at,
      import_window = jsonb_build_object('kind', 'pushed',
        'progress', greatest((i.import_window ->> 'progress')::int,
          (excluded.import_window ->> 'progress')::int),
        'end', coalesce(nullif(i.import_window -> 'end', 'null'), excluded.import_window -> 'end')),
      -- What comes after the end is imported too.
      status = case i.status when 'completed' then 'running' else i.status end,
      finished_at = case i.status when 'completed' then null else i.finished_at end
  `.execute(trx)
  await askInbox(trx, inbox, 'changed')
}
