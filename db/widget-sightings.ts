// What an administrator is shown of a widget's life: a counter a fact, so that no visitor can fill
// the table.

import { type Selectable, sql } from 'kysely'
import type { Database } from './client.ts'
import type { WidgetSightingTable } from './schema/widget.ts'

export type WidgetSightingRow = Selectable<WidgetSightingTable>

/** Different values of one kind that are kept; more say nothing new. */
const KEPT = 200
const MAX_VALUE = 200

export async function noteSighting(
  db: Database,
  ref: { accountId: number; inboxId: number },
  kind: WidgetSightingRow['kind'],
  value: string,
): Promise<void> {
  await sql`
    insert into widget_sightings as seen (account_id, inbox_id, kind, value)
    select ${ref.accountId}::bigint, ${ref.inboxId}::bigint, ${kind}::text, ${value.slice(0, MAX_VALUE)}::text
    where exists (
        select from widget_sightings where account_id = ${ref.accountId}
          and inbox_id = ${ref.inboxId} and kind = ${kind} and value = ${value.slice(0, MAX_VALUE)})
      or (select count(*) from widget_sightings where account_id = ${ref.accountId}
        and inbox_id = ${ref.inboxId} and kind = ${kind}) < ${KEPT}
    on conflict (account_id, inbox_id, kind, value)
      do update set count = seen.count + 1, last_at = now()`.execute(db)
}

/** The latest first. */
export function listSightings(
  db: Database,
  accountId: number,
  inboxId: number,
): Promise<WidgetSightingRow[]> {
  return db
    .selectFrom('widget_sightings')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .orderBy('last_at', 'desc')
    .execute()
}
