// Rules as their authors edit them, in the order in which they run.

import { type Selectable, sql } from 'kysely'
import type { Database } from './client.ts'
import type { AutomationRuleTable } from './schema/automation.ts'

export type AutomationRuleRow = Selectable<AutomationRuleTable>

export interface RuleFields {
  name: string
  event: string
  conditions: unknown
  actions: unknown
  active: boolean
  once_per_conversation: boolean
  position: number
}

export function listRules(
  db: Database,
  accountId: number,
  { afterId, limit }: { afterId?: number | undefined; limit: number },
): Promise<AutomationRuleRow[]> {
  return rules(db, accountId)
    .$if(afterId !== undefined, (query) => query.where('id', '>', afterId!))
    .orderBy('id')
    .limit(limit)
    .execute()
}

export function findRule(db: Database, accountId: number, id: number) {
  return rules(db, accountId).where('id', '=', id).executeTakeFirst()
}

/** Last in the order, unless a position is given. */
export function insertRule(
  db: Database,
  accountId: number,
  fields: Omit<RuleFields, 'position'> & { position?: number | undefined },
): Promise<AutomationRuleRow> {
  const { position, ...given } = fields
  return db
    .insertInto('automation_rules')
    .values({
      account_id: accountId,
      ...given,
      position:
        position ??
        sql<number>`(select coalesce(max(position), -1) + 1 from automation_rules
          where account_id = ${accountId})`,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function updateRule(db: Database, accountId: number, id: number, fields: RuleFields) {
  return db
    .updateTable('automation_rules')
    .set({ ...fields, updated_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

/** Its runs stay, and those that wait go on. */
export async function removeRule(db: Database, accountId: number, id: number): Promise<void> {
  await db
    .updateTable('automation_rules')
    .set({ active: false, deleted_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}

function rules(db: Database, accountId: number) {
  return db
    .selectFrom('automation_rules')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
}
