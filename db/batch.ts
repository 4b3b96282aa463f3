// Many rows in one statement: they travel as one JSON parameter and become a table in Postgres.

import { type RawBuilder, sql } from 'kysely'

/**
 * `from ${recordset(rows, 'id bigint, name text')}`: the rows as a relation named `row`. What joins
 * them names its rows by `any(ids)` too, or is lateral: plans that were made while its table was
 * small, as in a new database, would read all that the account has for each row.
 */
export function recordset(rows: readonly object[], columns: string): RawBuilder<unknown> {
  return sql`json_to_recordset(${JSON.stringify(rows)}::text::json) as row(${sql.raw(columns)})`
}

/** Takes `count` ids of a sequence in one round trip, ascending. */
export async function takeIds(
  db: Parameters<RawBuilder<{ id: number }>['execute']>[0],
  sequence: 'contact_ids' | 'conversation_ids' | 'message_ids' | 'attachment_ids',
  count: number,
): Promise<number[]> {
  if (count === 0) return []
  const { rows } = await sql<{ id: number }>`
    select nextval(${sequence}::text::regclass) as id from generate_series(1, ${count}::int)
  `.execute(db)
  return rows.map(({ id }) => id)
}
