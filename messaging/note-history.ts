// History that a provider pushes: its chunks lie in the deliveries until a worker imports them, and
// the inbox's import says how far it has come.

import { sql } from 'kysely'
import type { Share } from '../channels/channel.ts'
import type { HistoryEvent } from '../channels/webhook.ts'
import type { Trx } from '../db/client.ts'
import { askInbox } from '../db/outbox.ts'
import { openShares, settleShare } from '../db/phone-shares.ts'
import { addToTimeline } from '../db/timeline.ts'
import type { InboxRef } from './message-rows.ts'

/** What the import's window says of pushed history. */
export interface PushedWindow {
  kind: 'pushed'
  /** Per cent, as the provider counts; null until a first piece has come. */
  progress: number | null
  end: 'complete' | 'refused' | null
}

/**
 * The number was connected, for the first time or anew: its history is waited for, and each share may
 * be asked for once within a day (activities/ask-phone.ts).
 */
export async function expectHistory(
  trx: Trx,
  inbox: InboxRef & { now: Date },
  shares: readonly Share[],
): Promise<void> {
  const { accountId, inboxId, now } = inbox
  const window: PushedWindow = { kind: 'pushed', progress: null, end: null }
  await openShares(trx, inbox, shares, new Date(now.getTime() + DAY_MS))
  await sql`
    insert into imports (account_id, inbox_id, number, import_window, started_at, progress_at)
    values (${accountId}, ${inboxId}, 1, ${window}, ${now}, ${now})
    on conflict (account_id, inbox_id, number) do update set status = 'running',
      import_window = excluded.import_window, done = 0, finished_at = null,
      started_at = excluded.started_at, progress_at = excluded.progress_at`.execute(trx)
}

const DAY_MS = 24 * 3_600_000

/** The provider was asked: what it took may come from now on, what it refused never will. */
export async function noteShare(
  trx: Trx,
  inbox: InboxRef & { now: Date },
  answer: { share: Share; refused: boolean },
): Promise<void> {
  const { accountId, inboxId, now } = inbox
  const { share, refused } = answer
  await settleShare(trx, inbox, answer)
  await addToTimeline(trx, inbox, refused ? 'share_refused' : 'share_asked', { share })
  if (share !== 'history') return
  if (refused) return noteHistory(trx, inbox, [{ kind: 'history', end: 'refused', progress: 0 }])
  await sql`
    update imports set started_at = ${now}, progress_at = ${now}
    where account_id = ${accountId} and inbox_id = ${inboxId} and number = 1`.execute(trx)
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
