// A database of its own for a test file: a copy of the one that was migrated for this run.
import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { type Database, openDatabase } from '../../db/client.ts'
import { sharedCluster } from './shared-servers.ts'

export interface TestDatabase {
  readonly url: string
  readonly db: Database
  /** Closes the pool and drops the database. For afterAll. */
  drop(): Promise<void>
}

/** Takes about 50 ms once the cluster runs. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = await sharedCluster()
  const name = `test_${randomBytes(6).toString('hex')}`
  await admin(adminUrl, (sql) => sql`create database ${sql(name)} template ${sql(template)}`)
  const address = new URL(adminUrl)
  address.pathname = `/${name}`
  const db = openDatabase(address.href)
  return {
    url: address.href,
    db,
    async drop() {
      await db.destroy()
      await admin(adminUrl, (sql) => sql`drop database ${sql(name)} with (force)`)
    },
  }
}

async function admin(url: string, statement: (sql: postgres.Sql) => Promise<unknown>) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  await statement(sql).finally(() => sql.end())
}
