// What the visitors of a widget hear of, and the bell that wakes their streams after the commit.

import { type Selectable, sql } from 'kysely'
import { recordset } from './batch.ts'
import type { Database } from './client.ts'
import type { VisitorEventTable } from './schema/widget.ts'

export type VisitorEventRow = Selectable<VisitorEventTable>

/** Rung with a contact's id when its feed grew; `typing/...` and `ended/...` are not kept. */
export const VISITOR_BELL = 'visitor_events'

export interface ConversationNews {
  kind: string
  data: Record<string, unknown>
}

/**
 * Of an account's events those that are about a widget's conversations, each to the feed of the
 * conversation's contact. In one statement, because every message of every channel passes here.
 */
export async function addVisitorEvents(
  db: Database,
  accountId: number,
  events: readonly ConversationNews[],
): Promise<void> {
  const news = events.flatMap(({ kind, data }) => newsOf(kind, data))
  if (news.length === 0) return
  const rows = news.map((item, position) => ({ position, ...item }))
  await sql`
    with news as (
      select row.*, c.inbox_id, c.contact_id
      from ${recordset(rows, 'position int, kind text, conversation_id bigint, message_id bigint')}
      cross join lateral (
        select c.inbox_id, c.contact_id from conversations c
        join inboxes i on i.account_id = c.account_id and i.id = c.inbox_id
        where c.account_id = ${accountId} and c.id = row.conversation_id
          and i.channel = 'web_widget' limit 1
      ) c
    ), feeds as (
      insert into visitor_feeds as feed (account_id, inbox_id, contact_id, last_seq)
      select ${accountId}::bigint, inbox_id, contact_id, count(*) from news
      group by inbox_id, contact_id order by inbox_id, contact_id
      on conflict (account_id, inbox_id, contact_id)
        do update set last_seq = feed.last_seq + excluded.last_seq
      returning inbox_id, contact_id, last_seq
    ), written as (
      insert into visitor_events (account_id, inbox_id, contact_id, seq, kind, conversation_id,
        message_id)
      select ${accountId}::bigint, inbox_id, contact_id,
        last_seq + 1 - row_number() over (partition by inbox_id, contact_id order by position desc),
        kind, conversation_id, message_id
      from news join feeds using (inbox_id, contact_id)
    )
    select pg_notify(${VISITOR_BELL}::text, contact_id::text) from feeds`.execute(db)
}

function newsOf(
  kind: string,
  { conversation_id, message_id, message_ids }: ConversationNews['data'],
) {
  if (kind === 'conversation.updated') return [{ kind, conversation_id, message_id: null }]
  if (kind !== 'message.created' && kind !== 'conversation.created') return []
  const ids = Array.isArray(message_ids) ? message_ids : [message_id]
  return ids.map((id) => ({ kind: 'message.created', conversation_id, message_id: id }))
}

/** Somebody types: told to whoever listens now, and kept nowhere. */
export async function ringTyping(
  db: Database,
  contactId: number,
  conversationId: number,
): Promise<void> {
  await sql`
    select pg_notify(${VISITOR_BELL}::text, ${`typing/${contactId}/${conversationId}`}::text)`.execute(
    db,
  )
}

/** The session is over: its streams end now. */
export async function ringEnded(db: Database, sessionId: number): Promise<void> {
  await sql`select pg_notify(${VISITOR_BELL}::text, ${`ended/${sessionId}`}::text)`.execute(db)
}

/** The newest `seq` of a contact's feed; 0 before anything happened. */
export async function feedPosition(
  db: Database,
  { accountId, inboxId, contactId }: { accountId: number; inboxId: number; contactId: number },
): Promise<number> {
  const row = await db
    .selectFrom('visitor_feeds')
    .select('last_seq')
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('contact_id', '=', contactId)
    .executeTakeFirst()
  return row?.last_seq ?? 0
}

/** Newest `seq` by contact id, over all inboxes: whose stream has fallen behind. */
export async function feedPositions(
  db: Database,
  contactIds: readonly number[],
): Promise<{ contactId: number; inboxId: number; lastSeq: number }[]> {
  if (contactIds.length === 0) return []
  const { rows } = await sql<{ contact_id: number; inbox_id: number; last_seq: number }>`
    select contact_id, inbox_id, last_seq from visitor_feeds
    where contact_id = any(${contactIds}::bigint[])`.execute(db)
  return rows.map((row) => ({
    contactId: row.contact_id,
    inboxId: row.inbox_id,
    lastSeq: row.last_seq,
  }))
}
