// What a visitor of the widget sees: the conversations of its session, and with a back end's word
// those of its identifier. Every read of the visitor's API goes through `visibleTo`.

import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Database } from '../client.ts'
import { readsAt } from '../reading-order.ts'
import type { ConversationTable } from '../schema/conversation.ts'
import type { VisitorEventRow } from '../visitor-events.ts'
import type { WidgetSessionRow } from '../widget-sessions.ts'
import type { Before, MessageRow, Placed } from './conversations.ts'

export type Visitor = Pick<
  WidgetSessionRow,
  'account_id' | 'id' | 'inbox_id' | 'contact_id' | 'identifier' | 'verified'
> & {
  /** The inbox's option: a verified visitor sees the contact's other channels too. */
  allChannels?: boolean
}

export type VisitorConversation = Pick<
  Selectable<ConversationTable>,
  'id' | 'display_id' | 'inbox_id' | 'status' | 'last_message_at' | 'created_at'
> & { last_content: string | null; unread: number }

/** Condition on a conversation `c`. */
function visibleTo(visitor: Visitor): RawBuilder<boolean> {
  const { account_id, id, inbox_id, identifier, verified, contact_id, allChannels } = visitor
  const own = sql`exists (
    select from widget_conversations w where w.account_id = c.account_id and w.conversation_id = c.id
      and (w.session_id = ${id} or (${verified}::boolean and w.identifier = ${identifier}::text)))`
  const here = sql`(c.inbox_id = ${inbox_id} and ${own})`
  const elsewhere =
    allChannels === true && verified && contact_id !== null
      ? sql`(c.contact_id = ${contact_id} and c.inbox_id <> ${inbox_id} and exists (
          select from contact_identities i
          where i.account_id = c.account_id and i.contact_id = c.contact_id
            and i.kind = 'identifier' and i.value = ${identifier} and i.verified))`
      : sql`false`
  return sql<boolean>`c.account_id = ${account_id} and (${here} or ${elsewhere})`
}

export interface VisitorFilter {
  /** Of the list of what is over; else of what goes on. */
  resolved: boolean
  /** The number shown on the card. */
  displayId?: number | undefined
  /** Days of the visitor, `YYYY-MM-DD`, both included. */
  from?: string | undefined
  until?: string | undefined
  timeZone?: string | undefined
  before?: Before | undefined
  limit: number
}

/** The latest message first. */
export async function listVisitorConversations(
  db: Database,
  visitor: Visitor,
  filter: VisitorFilter,
): Promise<Placed<VisitorConversation>[]> {
  const { resolved, displayId, from, until, timeZone = 'UTC', before, limit } = filter
  const day = sql`(c.last_message_at at time zone ${timeZone}::text)::date`
  const conditions = [
    visibleTo(visitor),
    resolved ? sql`c.status = 'resolved'` : sql`c.status <> 'resolved'`,
    ...(displayId === undefined ? [] : [sql`c.display_id = ${displayId}`]),
    ...(from === undefined ? [] : [sql`${day} >= ${from}::text::date`]),
    ...(until === undefined ? [] : [sql`${day} <= ${until}::text::date`]),
    ...(before === undefined
      ? []
      : [sql`(c.last_message_at, c.id) < (${before.at}::text::timestamptz, ${before.id}::bigint)`]),
  ]
  return select(db, sql.join(conditions, sql` and `), limit)
}

/** Undefined also when the visitor may not see it. */
export async function findVisitorConversation(
  db: Database,
  visitor: Visitor,
  id: number,
): Promise<VisitorConversation | undefined> {
  const [row] = await select(db, sql`${visibleTo(visitor)} and c.id = ${id}`, 1)
  return row
}

/** Those of the ids that the visitor may see. */
export function listConversationsById(
  db: Database,
  visitor: Visitor,
  ids: readonly number[],
): Promise<VisitorConversation[]> {
  return select(db, sql`${visibleTo(visitor)} and c.id = any(${ids}::bigint[])`, ids.length)
}

export async function maySee(db: Database, visitor: Visitor, id: number): Promise<boolean> {
  const { rows } = await sql`
    select from conversations c where ${visibleTo(visitor)} and c.id = ${id}`.execute(db)
  return rows.length > 0
}

async function select(db: Database, condition: RawBuilder<unknown>, limit: number) {
  const { rows } = await sql<Placed<VisitorConversation>>`
    select c.id, c.display_id, c.inbox_id, c.status, c.last_message_at, c.created_at,
      to_char(c.last_message_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place,
      (select left(m.content, 200) from messages m
        where m.conversation_id = c.id and not m.private
        order by ${readsAt('m')} desc, m.id desc limit 1) as last_content,
      (select count(*)::int from messages m
        where m.conversation_id = c.id and not m.private and m.direction = 'outgoing'
          and m.status in ('sent', 'delivered')) as unread
    from conversations c where ${condition}
    order by c.last_message_at desc, c.id desc limit ${limit}`.execute(db)
  return rows
}

export type VisitorMessageRow = MessageRow & { author: string | null }

/** Messages of a conversation that the visitor was found to see; newest first, never notes. */
export async function listVisitorMessages(
  db: Database,
  accountId: number,
  conversationId: number,
  { before, limit }: { before?: Before | undefined; limit: number },
): Promise<Placed<VisitorMessageRow>[]> {
  const place = before
    ? sql`and (${readsAt('m')}, m.id) < (${before.at}::text::timestamptz, ${before.id}::bigint)`
    : sql``
  const { rows } = await sql<Placed<VisitorMessageRow>>`
    select m.*, u.name as author,
      to_char(${readsAt('m')} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
    from messages m left join users u on u.account_id = m.account_id and u.id = m.user_id
    where m.account_id = ${accountId} and m.conversation_id = ${conversationId} and not m.private
      ${place}
    order by ${readsAt('m')} desc, m.id desc limit ${limit}`.execute(db)
  return rows
}

/** Those of the ids that are no notes. */
export async function findVisitorMessages(
  db: Database,
  accountId: number,
  ids: readonly number[],
): Promise<VisitorMessageRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<VisitorMessageRow>`
    select m.*, u.name as author
    from messages m left join users u on u.account_id = m.account_id and u.id = m.user_id
    where m.account_id = ${accountId} and m.id = any(${ids}::bigint[]) and not m.private`.execute(
    db,
  )
  return rows
}

/** What of the contact's feed is this visitor's to know, in order, and how far it has been read. */
export async function readVisitorEvents(
  db: Database,
  visitor: Visitor,
  after: number,
  limit: number,
): Promise<{ events: VisitorEventRow[]; position: number; more: boolean }> {
  const { account_id, inbox_id, contact_id } = visitor
  if (contact_id === null) return { events: [], position: after, more: false }
  const { rows } = await sql<VisitorEventRow & { visible: boolean }>`
    select e.*, coalesce(${visibleTo(visitor)}, false) as visible
    from visitor_events e
    left join conversations c on c.account_id = e.account_id and c.id = e.conversation_id
    where e.account_id = ${account_id} and e.inbox_id = ${inbox_id}
      and e.contact_id = ${contact_id} and e.seq > ${after}
    order by e.seq limit ${limit}`.execute(db)
  return {
    events: rows.filter(({ visible }) => visible),
    position: rows.at(-1)?.seq ?? after,
    more: rows.length === limit,
  }
}
