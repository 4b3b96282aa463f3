// Inboxes: rows, lists and the columns that people or cycles change. Health: messaging/record-health.

import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { InboxFacts } from '../domain/inbox.ts'
import type { ClaudiaMode } from '../domain/speaking.ts'
import type { Database } from './client.ts'
import type { InboxTable } from './schema/inbox.ts'

export type InboxRow = Selectable<InboxTable>

/** Undefined when the account has the channel already: the index decides between two at once. */
export function insertInbox(
  db: Database,
  values: Insertable<InboxTable>,
): Promise<InboxRow | undefined> {
  return db
    .insertInto('inboxes')
    .values(values)
    .onConflict((conflict) =>
      // A literal: with a parameter a generic plan could not tell which index is meant.
      conflict
        .columns(['channel_key', 'account_id'])
        .where('phase', '<>', sql.lit('disconnected'))
        .doNothing(),
    )
    .returningAll()
    .executeTakeFirst()
}

export function findInbox(
  db: Database,
  accountId: number,
  id: number,
): Promise<InboxRow | undefined> {
  return db
    .selectFrom('inboxes')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Locked until the end of the transaction. */
export function lockInbox(
  db: Database,
  accountId: number,
  id: number,
): Promise<InboxRow | undefined> {
  return db
    .selectFrom('inboxes')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** The account's own inbox of a mailbox, number or page, proved or not. */
export function findInboxByChannelKey(db: Database, accountId: number, channelKey: string) {
  return db
    .selectFrom('inboxes')
    .select('id')
    .where('channel_key', '=', channelKey)
    .where('account_id', '=', accountId)
    .where('phase', '<>', 'disconnected')
    .executeTakeFirst()
}

/** Whether an inbox of whichever account has proved this to be its own. */
export async function isProvedKeyTaken(db: Database, provedKey: string): Promise<boolean> {
  const row = await db
    .selectFrom('inboxes')
    .select('id')
    .where('proved_key', '=', provedKey)
    .where('phase', '<>', 'disconnected')
    .executeTakeFirst()
  return row !== undefined
}

/** Ascending by id; `inboxIds` null: every inbox of the account. */
export function listInboxes(
  db: Database,
  accountId: number,
  page: { inboxIds?: number[] | null | undefined; afterId?: number | undefined; limit: number },
): Promise<InboxRow[]> {
  const { inboxIds, afterId, limit } = page
  return db
    .selectFrom('inboxes')
    .selectAll()
    .where('account_id', '=', accountId)
    .$if(Array.isArray(inboxIds), (query) =>
      query.where('id', '=', sql<number>`any(${inboxIds}::bigint[])`),
    )
    .$if(afterId !== undefined, (query) => query.where('id', '>', afterId!))
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Every inbox that should have a workflow, for the sweep that starts missing ones. */
export function listLivingInboxes(
  db: Database,
  { afterId = 0, limit }: { afterId?: number; limit: number },
) {
  return db
    .selectFrom('inboxes')
    .select(['account_id', 'id', 'channel', 'last_checked_at', 'phase'])
    .where('phase', '<>', 'disconnected')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** What people choose about an inbox beside its servers; undefined: as it is. */
export interface InboxOptions {
  name?: string | undefined
  claudia_after_import?: InboxRow['claudia_after_import'] | undefined
  claudia_max_age_seconds?: number | undefined
  archive_after_days?: number | undefined
  attachment_limit_bytes?: number | null | undefined
}

type Patch = { [K in keyof Updateable<InboxTable>]?: Updateable<InboxTable>[K] | undefined }

/** Writes the given columns; undefined ones stay as they are. */
export async function patchInbox(
  db: Database,
  accountId: number,
  id: number,
  patch: Patch,
): Promise<InboxRow | undefined> {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  return db
    .updateTable('inboxes')
    .set({ ...(given as Updateable<InboxTable>), updated_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

/** One of the settings that are nothing but a person's choice; the others stay as they are. */
export async function changeSettings(
  db: Database,
  accountId: number,
  id: number,
  part: Record<string, unknown>,
): Promise<void> {
  await db
    .updateTable('inboxes')
    .set({
      settings: sql`settings || ${part}::jsonb`,
      updated_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}

/** Raises the generation and tells the worker that watches the mailbox, so that it ends at once. */
export async function endWatch(db: Database, accountId: number, id: number): Promise<void> {
  await sql`
    update inboxes set watch_generation = watch_generation + 1
    where account_id = ${accountId} and id = ${id}`.execute(db)
  await sql`select pg_notify('inbox_changed', ${String(id)}::text)`.execute(db)
}

/** The stored facts of a row, as the domain judges them. */
export function factsOfInbox(row: InboxRow): InboxFacts {
  return {
    phase: row.phase,
    paused: row.paused,
    receive: {
      status: row.receive_status,
      reason: row.receive_reason,
      since: row.receive_since.toISOString(),
    },
    send: {
      status: row.send_status,
      reason: row.send_reason,
      since: row.send_since.toISOString(),
    },
  }
}

/** A person's `off` outlasts the system's hold. */
export function claudiaModeOf(row: Pick<InboxRow, 'claudia' | 'held_since'>): ClaudiaMode {
  if (row.claudia === 'off') return 'off'
  return row.held_since === null ? 'on' : 'held'
}
