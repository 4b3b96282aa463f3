import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

test('foreign keys are checked by the key alone, also before the first ANALYZE', async () => {
  // With two indexes that begin with account_id Postgres picked the wrong one on a new database, and
  // every row that an import stored read the whole account.
  const { rows } = await sql<{ table: string; index: string }>`
    select distinct t.relname as table, i.relname as index
    from pg_constraint f
    join pg_class t on t.oid = f.confrelid
    join pg_index x on x.indrelid = t.oid and not x.indisprimary and x.indpred is null
    join pg_class i on i.oid = x.indexrelid
    join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
    where f.contype = 'f' and a.attname = 'account_id'`.execute(database.db)
  expect(rows).toEqual([])
})
