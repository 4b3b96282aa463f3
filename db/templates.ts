// Templates of an inbox as its provider listed them last.

import { sql } from 'kysely'
import type { Template } from '../domain/template.ts'
import { recordset } from './batch.ts'
import { type Database, inTransaction } from './client.ts'

export async function listTemplates(
  db: Database,
  accountId: number,
  inboxId: number,
): Promise<Template[]> {
  const rows = await templatesOf(db, accountId, inboxId).orderBy('name').execute()
  return rows.map(templateOf)
}

export async function findTemplate(
  db: Database,
  accountId: number,
  inboxId: number,
  id: string,
): Promise<Template | undefined> {
  const row = await templatesOf(db, accountId, inboxId)
    .where('template_id', '=', id)
    .executeTakeFirst()
  return row && templateOf(row)
}

/** Those that are not listed any more go. */
export function replaceTemplates(
  db: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  templates: readonly Template[],
): Promise<void> {
  return inTransaction(db, async (trx) => {
    await trx
      .deleteFrom('message_templates')
      .where('account_id', '=', accountId)
      .where('inbox_id', '=', inboxId)
      .execute()
    await sql`
      insert into message_templates
        (account_id, inbox_id, template_id, name, language, body, variables, approved)
      select ${accountId}::bigint, ${inboxId}::bigint, row.* from ${recordset(
        templates,
        'id text, name text, language text, body text, variables jsonb, approved boolean',
      )} on conflict do nothing`.execute(trx)
  })
}

const templatesOf = (db: Database, accountId: number, inboxId: number) =>
  db
    .selectFrom('message_templates')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)

type Row = Awaited<ReturnType<ReturnType<typeof templatesOf>['executeTakeFirstOrThrow']>>

function templateOf(row: Row): Template {
  const { template_id: id, name, language, body, variables, approved } = row
  return { id, name, language, body, variables: variables as Record<string, string>, approved }
}
