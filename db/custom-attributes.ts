// Definitions of custom attributes, and their values on contacts. Conversations': changes-by-people.ts.

import { type Selectable, sql } from 'kysely'
import type { AttributeTarget } from '../domain/custom-attributes.ts'
import type { Database } from './client.ts'
import type { CustomAttributeDefinitionTable } from './schema/automation.ts'

export type AttributeDefinitionRow = Selectable<CustomAttributeDefinitionTable>

export async function listAttributeDefinitions(
  db: Database,
  accountId: number,
  filter: {
    target?: AttributeTarget | undefined
    afterId?: number | undefined
    limit?: number
  } = {},
): Promise<AttributeDefinitionRow[]> {
  const { target, afterId, limit } = filter
  let query = definitions(db, accountId)
  if (target !== undefined) query = query.where('target', '=', target)
  if (afterId !== undefined) query = query.where('id', '>', afterId)
  if (limit !== undefined) query = query.limit(limit)
  return query.orderBy('id').execute()
}

export function findAttributeDefinition(db: Database, accountId: number, id: number) {
  return definitions(db, accountId).where('id', '=', id).executeTakeFirst()
}

/** Undefined when the target has an attribute of that key. */
export function insertAttributeDefinition(
  db: Database,
  accountId: number,
  definition: Pick<AttributeDefinitionRow, 'target' | 'key' | 'name' | 'type' | 'options'>,
): Promise<AttributeDefinitionRow | undefined> {
  return db
    .insertInto('custom_attribute_definitions')
    .values({ account_id: accountId, ...definition })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

export function updateAttributeDefinition(
  db: Database,
  accountId: number,
  id: number,
  fields: { name: string; options: string[] },
) {
  return db
    .updateTable('custom_attribute_definitions')
    .set(fields)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

/** The values stay where they are; nobody is shown them as an attribute any more. */
export async function deleteAttributeDefinition(
  db: Database,
  accountId: number,
  id: number,
): Promise<boolean> {
  const row = await db
    .deleteFrom('custom_attribute_definitions')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Merges what `readAttributes` accepted into a column of values; null takes a value away. */
export const mergedAttributes = (accepted: Record<string, unknown>) =>
  sql`jsonb_strip_nulls(custom_attributes || ${JSON.stringify(accepted)}::text::jsonb)`

export async function changeContactAttributes(
  db: Database,
  accountId: number,
  contactId: number,
  accepted: Record<string, unknown>,
): Promise<void> {
  await db
    .updateTable('contacts')
    .set({ custom_attributes: mergedAttributes(accepted), updated_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', contactId)
    .execute()
}

function definitions(db: Database, accountId: number) {
  return db
    .selectFrom('custom_attribute_definitions')
    .selectAll()
    .where('account_id', '=', accountId)
}
