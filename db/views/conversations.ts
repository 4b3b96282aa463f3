// Conversations, messages, attachments and contacts as they are shown: reads for the API.
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { type Database, inTransaction } from '../client.ts'
import { findWords } from '../message-words.ts'
import { readsAt } from '../reading-order.ts'
import type {
  AttachmentTable,
  ContactTable,
  ConversationTable,
  MessageTable,
} from '../schema/conversation.ts'

export type ConversationRow = Selectable<ConversationTable>
/** With what is known of its visitor; null where it is none of a widget. */
export type ShownConversation = ConversationRow & { visitor_verified: boolean | null }
export type MessageRow = Selectable<MessageTable>
export type AttachmentRow = Selectable<AttachmentTable>
export type ContactRow = Selectable<ContactTable>

/** Rows strictly before this key, newest first. `at` has microseconds, which a Date would lose. */
export interface Before {
  at: string
  id: number
}
/** A row with the text of its place in the order, for `Before`. */
export type Placed<Row> = Row & { place: string }

const placeOf = (time: RawBuilder<Date>) =>
  sql<string>`to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('place')

/** Whether a back end vouched for who began the conversation `c`. */
const visitorVerified = sql<boolean | null>`(
  select w.identifier is not null from widget_conversations w
  where w.account_id = c.account_id and w.conversation_id = c.id)`.as('visitor_verified')

export interface ConversationFilter {
  inboxIds: number[] | null
  inboxId?: number | undefined
  contactId?: number | undefined
  assigneeId?: number | undefined
  teamId?: number | undefined
  status?: ConversationRow['status'] | undefined
  /** Words that one of its messages has, or its number. */
  search?: string | undefined
  before?: Before | undefined
  limit: number
}

/** What a list shows of a conversation beside its row. */
export interface Listed {
  contact_name: string
  contact_address: string | null
  /** The beginning of the newest message; null: there is none, or it has no text. */
  preview: string | null
  preview_direction: 'incoming' | 'outgoing' | null
}

/** The latest message first. */
export function listConversationRows(
  db: Database,
  accountId: number,
  filter: ConversationFilter,
): Promise<Placed<ShownConversation & Listed>[]> {
  if (filter.search === undefined) return readPage(db, accountId, filter)
  return inTransaction(db, async (trx) => {
    // A prepared plan for any words would suit neither rare nor common ones.
    await sql`set local plan_cache_mode = force_custom_plan`.execute(trx)
    return readPage(trx, accountId, filter)
  })
}

async function readPage(
  db: Database,
  accountId: number,
  filter: ConversationFilter,
): Promise<Placed<ShownConversation & Listed>[]> {
  const ids = await idsOfPage(db, accountId, filter)
  return db
    .selectFrom('conversations as c')
    .innerJoin('contacts as p', (join) =>
      join.onRef('p.account_id', '=', 'c.account_id').onRef('p.id', '=', 'c.contact_id'),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('messages')
          .select([sql<string>`left(content, 200)`.as('preview'), 'direction'])
          .whereRef('conversation_id', '=', 'c.id')
          .where('private', '=', false)
          .orderBy(readsAt('messages'), 'desc')
          .orderBy('id', 'desc')
          .limit(1)
          .as('m'),
      (join) => join.onTrue(),
    )
    .selectAll('c')
    .select([
      'p.name as contact_name',
      sql<string | null>`coalesce(p.email, p.phone_number)`.as('contact_address'),
      'm.preview',
      'm.direction as preview_direction',
    ])
    .select([placeOf(sql.ref('c.last_message_at')), visitorVerified])
    .where('c.account_id', '=', accountId)
    .where(sql<boolean>`c.id = any(array(${ids}))`)
    .orderBy('c.last_message_at', 'desc')
    .orderBy('c.id', 'desc')
    .execute()
}

/** Of so many, one with a common word is nearly always among the first page. */
const NEWEST = 2_000

/**
 * Of the conversations that fit, the first ones: a page of each inbox, in the order of its index, out of
 * which the newest are taken. An order over the whole account would need an index that every import
 * pays for. What names few conversations is looked for at once instead.
 */
async function idsOfPage(
  db: Database,
  accountId: number,
  filter: ConversationFilter,
): Promise<RawBuilder<unknown>> {
  const { inboxIds, inboxId, contactId, assigneeId, teamId, status, search, before, limit } = filter
  const wanted = [sql`c.account_id = ${accountId}`]
  if (contactId !== undefined) wanted.push(sql`c.contact_id = ${contactId}`)
  if (assigneeId !== undefined) wanted.push(sql`c.assignee_id = ${assigneeId}`)
  if (teamId !== undefined) wanted.push(sql`c.team_id = ${teamId}`)
  if (status !== undefined) wanted.push(sql`c.status = ${status}`)
  if (before !== undefined) {
    wanted.push(sql`(c.last_message_at, c.id)
      < (${before.at}::text::timestamptz, ${before.id}::bigint)`)
  }
  const among = (column: string) => {
    const one = inboxId === undefined ? sql`true` : sql`${sql.ref(column)} = ${inboxId}`
    return inboxIds === null ? one : sql`${one} and ${sql.ref(column)} = any(${inboxIds}::bigint[])`
  }
  const where = sql.join(wanted, sql` and `)
  const first = (count: number) => sql`order by c.last_message_at desc, c.id desc limit ${count}`
  const direct = (found: RawBuilder<unknown>) => sql`
    select c.id from conversations c where ${where} and ${among('c.inbox_id')} and ${found}
    ${first(limit)}`
  const byInbox = (count: number) => sql`
    select c.id from inboxes i cross join lateral (
      select c.id, c.last_message_at from conversations c
      where c.inbox_id = i.id and ${where} ${first(count)}
    ) c
    where i.account_id = ${accountId} and ${among('i.id')} ${first(count)}`
  if (search === undefined) return contactId === undefined ? byInbox(limit) : direct(sql`true`)
  const { few, among: anywhere, within } = await findWords(db, accountId, search)
  if (few || contactId !== undefined) return direct(anywhere)
  const { rows } = await sql<{ id: number }>`
    select c.id from conversations c
    where c.id = any(array(${byInbox(NEWEST)})) and ${within} ${first(limit)}`.execute(db)
  if (rows.length < limit) return direct(anywhere)
  return sql`select unnest(${rows.map(({ id }) => id)}::bigint[])`
}

export function findConversationRow(
  db: Database,
  accountId: number,
  id: number,
): Promise<ShownConversation | undefined> {
  return db
    .selectFrom('conversations as c')
    .selectAll('c')
    .select(visitorVerified)
    .where('c.account_id', '=', accountId)
    .where('c.id', '=', id)
    .executeTakeFirst()
}

/** Newest first, as the conversation reads. */
export async function listMessageRows(
  db: Database,
  accountId: number,
  conversationId: number,
  { before, limit }: { before?: Before | undefined; limit: number },
): Promise<Placed<MessageRow>[]> {
  let query = db
    .selectFrom('messages')
    .selectAll()
    .select(placeOf(readsAt('messages')))
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
  if (before !== undefined) {
    query = query.where(
      sql<boolean>`(${readsAt('messages')}, id) < (${before.at}::text::timestamptz, ${before.id}::bigint)`,
    )
  }
  return query.orderBy(readsAt('messages'), 'desc').orderBy('id', 'desc').limit(limit).execute()
}

export function findMessageRow(
  db: Database,
  accountId: number,
  id: number,
): Promise<MessageRow | undefined> {
  return db
    .selectFrom('messages')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** The provider's id of the message that this one answers. */
export function answeredId({ content_attributes }: Pick<MessageRow, 'content_attributes'>) {
  const { in_reply_to } = content_attributes as { in_reply_to?: string }
  return in_reply_to || undefined
}

export type AnsweredRow = Pick<MessageRow, 'id' | 'external_id'> & { content: string }

/** What messages of one inbox answer, by the provider's id; the beginning of it. */
export async function answeredRowsOf(
  db: Database,
  accountId: number,
  messages: readonly MessageRow[],
): Promise<Map<string, AnsweredRow>> {
  const ids = messages.flatMap((message) => answeredId(message) ?? [])
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'external_id', sql<string>`left(content, 300)`.as('content')])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', messages[0]!.inbox_id)
    .where('external_id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.external_id!, row]))
}

/** Attachments by message, in their order. */
export async function attachmentRowsOf(
  db: Database,
  accountId: number,
  messageIds: number[],
): Promise<Map<number, AttachmentRow[]>> {
  if (messageIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('attachments')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('message_id', 'in', messageIds)
    .orderBy('message_id')
    .orderBy('position')
    .execute()
  return Map.groupBy(rows, (row) => row.message_id)
}

export function findAttachmentRow(
  db: Database,
  accountId: number,
  id: number,
): Promise<AttachmentRow | undefined> {
  return db
    .selectFrom('attachments')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

export interface ContactFilter {
  /** Whole address, whatever its case. */
  email?: string | undefined
  /** Part of name, address, number or identifier, whatever the accents. */
  search?: string | undefined
  /** Only contacts with a conversation in one of these; null: all. */
  inboxIds: number[] | null
  afterId?: number | undefined
  limit: number
}

/** Contacts in the order of their ids. */
export async function listContactRows(
  db: Database,
  accountId: number,
  { email, search, inboxIds, afterId, limit }: ContactFilter,
): Promise<ContactRow[]> {
  if (inboxIds?.length === 0) return []
  let query = db.selectFrom('contacts').selectAll().where('account_id', '=', accountId)
  if (email !== undefined) {
    query = query.where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase()))
  }
  if (search !== undefined) {
    const part = `%${search.trim().replace(/[\\%_]/g, '\\$&')}%`
    query = query.where(
      sql<boolean>`unaccent(concat_ws(' ', name, email, phone_number, identifier))
        ilike unaccent(${part}::text)`,
    )
  }
  if (afterId !== undefined) query = query.where('id', '>', afterId)
  if (inboxIds !== null) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('conversations')
          .select('conversations.id')
          .whereRef('conversations.account_id', '=', 'contacts.account_id')
          .whereRef('conversations.contact_id', '=', 'contacts.id')
          .where('conversations.inbox_id', 'in', inboxIds),
      ),
    )
  }
  return query.orderBy('id').limit(limit).execute()
}

/** A contact, as long as one of the inboxes knows it. */
export async function findContactRow(
  db: Database,
  accountId: number,
  id: number,
  inboxIds: number[] | null,
): Promise<ContactRow | undefined> {
  const [row] = await listContactRows(db, accountId, { inboxIds, afterId: id - 1, limit: 1 })
  return row?.id === id ? row : undefined
}
