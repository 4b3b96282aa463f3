// The words by which conversations are found. Postgres stems them in Portuguese and in English and
// leaves out accents; they are written a moment behind the messages (workers/word-index.ts).

import { type RawBuilder, sql } from 'kysely'
import { type Database, inTransaction, type Trx } from './client.ts'

/** Of one message: more than a person writes, and less than a tsvector can hold. */
const MOST_CHARACTERS = 100_000
/** Rows of due_words at a time; one of an import's page stands for hundreds of messages. */
const BATCH = 4

/** To be called where messages are written or their text changes. */
export async function oweWords(
  trx: Trx,
  accountId: number,
  messageIds: readonly number[],
): Promise<void> {
  if (messageIds.length === 0) return
  await sql`insert into due_words (account_id, message_ids)
    values (${accountId}, ${messageIds}::bigint[])`.execute(trx)
}

/** To be called where contacts get another name: one message of each conversation finds it. */
export async function oweWordsOfContacts(
  trx: Trx,
  accountId: number,
  contactIds: readonly number[],
): Promise<void> {
  if (contactIds.length === 0) return
  await sql`
    insert into due_words (account_id, message_ids)
    select ${accountId}::bigint, array_agg(newest.id)
    from conversations c cross join lateral (
      select m.id from messages m
      where m.account_id = c.account_id and m.conversation_id = c.id
      order by coalesce(m.reads_at, m.sent_at) desc, m.id desc limit 1
    ) newest
    where c.account_id = ${accountId} and c.contact_id = any(${contactIds}::bigint[])
    having count(*) > 0`.execute(trx)
}

/**
 * Writes some of the words that are owed, the newest first: what was just said is found at once,
 * whatever an import has left behind. Returns of how many messages; 0: there is nothing to do, or
 * another process does it.
 */
export function writeSomeWords(db: Database): Promise<number> {
  return inTransaction(db, async (trx) => {
    // One at a time: of two, the one that read a text before it was changed could write last.
    const { rows: lock } = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended('message_words', 0)) as mine`.execute(trx)
    if (!lock[0]?.mine) return 0
    const written = await sql`
      with due as (
        delete from due_words
        where id in (select id from due_words order by id desc limit ${BATCH})
        returning account_id, message_ids
      ), wanted as (
        select distinct d.account_id, i.id from due d cross join unnest(d.message_ids) as i (id)
      ), said as materialized (
        select m.account_id, m.id, left(
          concat_ws(' ', c.subject, m.content_attributes ->> 'subject', p.name, p.phone_number,
            p.email, translate(p.email, '@._+-', '     '), m.content),
          ${MOST_CHARACTERS}
        ) as text
        from wanted w
        join messages m on m.account_id = w.account_id and m.id = w.id
        join conversations c on c.account_id = m.account_id and c.id = m.conversation_id
        join contacts p on p.account_id = c.account_id and p.id = c.contact_id
        for key share of m
      )
      insert into message_words (account_id, message_id, words)
      select account_id, id, strip(to_tsvector('search_portuguese', text))
        || strip(to_tsvector('search_english', text))
      from said
      on conflict (account_id, message_id) do update set words = excluded.words`.execute(trx)
    return Number(written.numAffectedRows ?? 0n)
  })
}

/** Reading the conversations of so many messages takes a fifth of a second. */
const FEW = 20_000

export interface Found {
  /** It is quicker to begin with what was found than with the newest conversations. */
  few: boolean
  /** Conversations `c` that have it, all of them looked up at once. */
  among: RawBuilder<unknown>
  /** The same, looked up for one `c` at a time. */
  within: RawBuilder<unknown>
}

/**
 * Conversations in which one message (with its subject and contact) has all words of `text`, and the one
 * whose number it is.
 */
export async function findWords(db: Database, accountId: number, text: string): Promise<Found> {
  const matching = sql`w.account_id = ${accountId} and w.words @@ ${asked(text)}`
  const { rows } = await sql<{ few: boolean }>`
    select count(*) <= ${FEW} as few from (
      select from message_words w where ${matching} limit ${FEW + 1}
    ) w`.execute(db)
  const number = /^#?(\d{1,15})$/.exec(text.trim())?.[1]
  const numbered = sql`c.display_id = ${number ?? null}::bigint`
  const messages = sql`message_words w
    join messages m on m.account_id = w.account_id and m.id = w.message_id`
  return {
    few: rows[0]?.few ?? true,
    among: sql`c.id = any(array(
      select m.conversation_id from ${messages} where ${matching}
      union all
      select c.id from conversations c where c.account_id = ${accountId} and ${numbered}))`,
    within: sql`(${numbered} or exists (
      select from ${messages} where m.conversation_id = c.id and ${matching}))`,
  }
}

/** Portuguese plurals in -ões are other words to the stemmer once they have lost their accents. */
function asked(text: string): RawBuilder<unknown> {
  const forms = [
    text,
    text.replace(/[oõ]es(?!\p{L})/giu, 'ao'),
    text.replace(/[aã]o(?!\p{L})/giu, 'oes'),
  ]
  const queries = [...new Set(forms)].flatMap((form) => [
    sql`plainto_tsquery('search_portuguese', ${form}::text)`,
    sql`plainto_tsquery('search_english', ${form}::text)`,
  ])
  return sql`(${sql.join(queries, sql` || `)})`
}
