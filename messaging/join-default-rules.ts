// A new inbox joins the account's default rules by itself, once; what people undo stays undone.

import { sql } from 'kysely'
import { type Database, inTransaction } from '../db/client.ts'
import { addToTimeline } from '../db/timeline.ts'
import { addMembers, CLAUDIA, findUserByKey } from '../db/users.ts'
import type { Condition } from '../domain/automation.ts'
import { DEFAULT_RULES, withInbox } from '../domain/default-rules.ts'

/** False when it has joined before, or was told not to. */
export function joinDefaultRules(
  db: Database,
  accountId: number,
  inboxId: number,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const inbox = await trx
      .updateTable('inboxes')
      .set({ joined_rules_at: sql<Date>`now()` })
      .where('account_id', '=', accountId)
      .where('id', '=', inboxId)
      .where('joined_rules_at', 'is', null)
      .where('join_default_rules', '=', true)
      .returning('id')
      .executeTakeFirst()
    if (!inbox) return false
    const rules = await trx
      .selectFrom('automation_rules')
      .select(['id', 'conditions'])
      .where('account_id', '=', accountId)
      .where(
        'key',
        'in',
        DEFAULT_RULES.map(({ key }) => key),
      )
      .orderBy('id')
      .forUpdate()
      .execute()
    for (const { id, conditions } of rules) {
      await trx
        .updateTable('automation_rules')
        .set({
          conditions: withInbox(conditions as Condition, inboxId),
          updated_at: sql<Date>`now()`,
        })
        .where('account_id', '=', accountId)
        .where('id', '=', id)
        .execute()
    }
    const claudia = await findUserByKey(trx, accountId, CLAUDIA)
    if (claudia) await addMembers(trx, accountId, inboxId, [claudia.id], { byPerson: false })
    const rule_ids = rules.map(({ id }) => id)
    await addToTimeline(trx, { accountId, inboxId }, 'default_rules_joined', { rule_ids })
    return true
  })
}
