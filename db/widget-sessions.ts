// Sessions of widget visitors: looked up by the hash of their token at every request.

import { type Selectable, sql } from 'kysely'
import type { Database } from './client.ts'
import type { InboxRow } from './inboxes.ts'
import type { WidgetSessionTable } from './schema/widget.ts'

export type WidgetSessionRow = Selectable<WidgetSessionTable>

/** What a page told of its visitor, waiting for the contact or for the next change of it. */
export interface VisitorProfile {
  name?: string
  email?: string
  phone_number?: string
  custom_attributes?: Record<string, unknown>
}

export interface FoundSession {
  session: WidgetSessionRow
  inbox: Pick<InboxRow, 'phase' | 'settings' | 'name'>
}

export function insertWidgetSession(
  db: Database,
  values: { account_id: number; inbox_id: number; token_hash: Buffer; origin: string },
): Promise<WidgetSessionRow> {
  return db.insertInto('widget_sessions').values(values).returningAll().executeTakeFirstOrThrow()
}

/** Undefined for a token that is unknown or revoked. */
export async function findWidgetSession(
  db: Database,
  tokenHash: Buffer,
): Promise<FoundSession | undefined> {
  const row = await db
    .selectFrom('widget_sessions as s')
    .innerJoin('inboxes as i', (join) =>
      join.onRef('i.account_id', '=', 's.account_id').onRef('i.id', '=', 's.inbox_id'),
    )
    .selectAll('s')
    .select(['i.phase', 'i.settings', 'i.name'])
    .where('s.token_hash', '=', tokenHash)
    .where('s.revoked_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { phase, settings, name, ...session } = row
  return { session, inbox: { phase, settings, name } }
}

/** The session as it is now, its row locked: one request of a visitor changes it at a time. */
export async function lockWidgetSession(
  trx: Database,
  accountId: number,
  id: number,
): Promise<WidgetSessionRow> {
  return trx
    .selectFrom('widget_sessions')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

export async function updateWidgetSession(
  db: Database,
  { account_id, id }: Pick<WidgetSessionRow, 'account_id' | 'id'>,
  set: {
    contact_id?: number
    identifier?: string | null
    verified?: boolean
    profile?: VisitorProfile
    origin?: string
    seen_at?: Date
    revoked_at?: Date
  },
): Promise<void> {
  await db
    .updateTable('widget_sessions')
    .set(set)
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .execute()
}

/** The inbox of a website token. */
export function findWidgetInbox(db: Database, websiteToken: string): Promise<InboxRow | undefined> {
  return db
    .selectFrom('inboxes')
    .selectAll()
    .where('channel_key', '=', `web_widget:${websiteToken}`)
    .where('phase', '<>', sql.lit('disconnected'))
    .executeTakeFirst()
}

/** Those of the ids that nobody has ended, neither by themselves nor with their inbox. */
export async function livingWidgetSessions(
  db: Database,
  ids: readonly number[],
): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql<{ id: number }>`
    select s.id from widget_sessions s
    join inboxes i on i.account_id = s.account_id and i.id = s.inbox_id
    where s.id = any(${ids}::bigint[]) and s.revoked_at is null
      and i.phase <> 'disconnected'`.execute(db)
  return new Set(rows.map(({ id }) => id))
}
