// The facts of an inbox as its workflow reads them, and the writes behind its commands.

import { sql } from 'kysely'
import type { Channels } from '../../channels/registry.ts'
import { keepAliveAt } from '../../db/access-tokens.ts'
import type { Database, Trx } from '../../db/client.ts'
import { newestDraft } from '../../db/connect-drafts.ts'
import { awaitedUntil } from '../../db/consents.ts'
import { factsOfInbox, findInbox } from '../../db/inboxes.ts'
import { addToTimeline } from '../../db/timeline.ts'
import type { ChannelType, Phase } from '../../domain/inbox.ts'
import type { ImportStatus, InboxRef, InboxView } from '../../temporal/contracts.ts'
import { areFilesDue } from './attachments.ts'

/** Undefined when there is no such inbox. */
export async function readInboxView(
  { db, channels }: { db: Database; channels: Channels },
  ref: InboxRef,
): Promise<InboxView | undefined> {
  const row = await findInbox(db, ref.accountId, ref.inboxId)
  if (!row) return undefined
  const [draft, awaited, keepAlive, newest, filesDue] = await Promise.all([
    newestDraft(db, ref),
    awaitedUntil(db, ref),
    keepAliveAt(db, ref),
    db
      .selectFrom('imports')
      .select(['id', 'number', 'status'])
      .where('account_id', '=', ref.accountId)
      .where('inbox_id', '=', ref.inboxId)
      .orderBy('number', 'desc')
      .executeTakeFirst(),
    areFilesDue(db, ref),
  ])
  const { connect, callback, disconnect } = channels.of(row.channel)
  return {
    channel: row.channel,
    facts: factsOfInbox(row),
    draftId: draft ?? null,
    signsIn: connect.kind === 'oauth',
    setUpAtProvider: Boolean(callback ?? disconnect),
    awaitedUntil: awaited?.toISOString() ?? null,
    keepAliveAt: keepAlive?.toISOString() ?? null,
    import: newest ? { importId: newest.id, number: newest.number, status: newest.status } : null,
    receives: channels.fetches(row),
    filesDue,
    lastGoodSyncAt: row.last_good_sync_at?.toISOString() ?? null,
    nextTryAt: row.next_try_at?.toISOString() ?? null,
    attentionSince: row.attention_since?.toISOString() ?? null,
    stalledSince: row.stalled_since?.toISOString() ?? null,
  }
}

export async function writePaused(
  db: Database,
  ref: InboxRef,
  paused: boolean,
  actorUserId: number | undefined,
): Promise<void> {
  await changeInbox(db, ref)
    .set({ paused, watch_generation: sql<number>`watch_generation + 1` })
    .where('phase', '<>', 'disconnected')
    .execute()
  await addToTimeline(db, ref, paused ? 'paused' : 'resumed', {}, actorUserId)
}

export async function writePhase(
  db: Database | Trx,
  ref: InboxRef,
  from: readonly Phase[],
  to: Phase,
): Promise<boolean> {
  const result = await changeInbox(db, ref)
    .set({ phase: to })
    .where('phase', 'in', from)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function writeImportStatus(
  db: Database | Trx,
  ref: InboxRef,
  importId: number,
  status: ImportStatus,
  now: Date,
): Promise<boolean> {
  const over = status === 'completed' || status === 'cancelled'
  const result = await db
    .updateTable('imports')
    .set({ status, ...(over ? { finished_at: now, parked_until: null } : {}) })
    .where('account_id', '=', ref.accountId)
    .where('inbox_id', '=', ref.inboxId)
    .where('id', '=', importId)
    .where('status', 'in', ['running', 'paused'])
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Everybody who waits for this inbox looks at its row again. */
export async function notifyInboxChanged(db: Database | Trx, ref: InboxRef): Promise<void> {
  await sql`select pg_notify('inbox_changed', ${String(ref.inboxId)})`.execute(db)
}

/**
 * Inboxes that should be in sync and will not have been checked for three intervals when this is
 * asked again, `everyMs` later: three intervals is the promise, two are waited for in any case. The
 * interval is what the last cycle announced as its next try, `minIntervalMs` at least. `channels`: of
 * which inboxes are mailboxes; those that only send are left out.
 */
export async function markStalled(
  db: Database | Trx,
  now: Date,
  {
    minIntervalMs,
    everyMs,
    channels,
  }: { minIntervalMs: number; everyMs: number; channels: readonly ChannelType[] },
) {
  const milliseconds = (value: number) =>
    sql`make_interval(secs => ${value / 1000}::double precision)`
  const { rows } = await sql<{ account_id: number; inbox_id: number }>`
    with followed as (
      select account_id, id, coalesce(last_checked_at, created_at) as checked_at,
        greatest(coalesce(next_try_at - last_checked_at, interval '0'),
          ${milliseconds(minIntervalMs)}) as every
      from inboxes
      where phase in ('importing', 'active') and not paused and stalled_since is null
        and receive_status in ('ok', 'retrying') and channel = any(${channels}::text[])
        and (settings -> 'imap' is not null or settings -> 'smtp' is null))
    update inboxes i set stalled_since = f.checked_at from followed f
    where i.account_id = f.account_id and i.id = f.id
      and ${now}::timestamptz >
        f.checked_at + greatest(3 * f.every - ${milliseconds(everyMs)}, 2 * f.every)
    returning i.account_id, i.id as inbox_id`.execute(db)
  return rows.map((row) => ({ accountId: row.account_id, inboxId: row.inbox_id }))
}

function changeInbox(db: Database | Trx, ref: InboxRef) {
  return db
    .updateTable('inboxes')
    .where('account_id', '=', ref.accountId)
    .where('id', '=', ref.inboxId)
}
