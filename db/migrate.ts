// Forward-only migrations: plain SQL files, applied in the order of their names.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { configOrExit } from '../config.ts'

const directory = join(import.meta.dirname, 'migrations')
/** Any constant will do, as long as every process that migrates takes the same one. */
const LOCK = 7_203_114

/**
 * Applies what the database does not have yet, each file in a transaction of its own; returns the
 * names applied. Safe to run from several processes at once: the others wait for the lock.
 * @throws Error naming the file when an applied migration was edited afterwards.
 */
export async function migrate(url: string, from: string = directory): Promise<string[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await sql`select pg_advisory_lock(${LOCK})`
    await sql`
      create table if not exists migrations (
        name text primary key, checksum text not null, applied_at timestamptz not null default now()
      )`
    const rows = await sql<{ name: string; checksum: string }[]>`select * from migrations`
    const known = new Map(rows.map(({ name, checksum }) => [name, checksum]))
    const applied: string[] = []
    for (const name of readdirSync(from)
      .filter((file) => file.endsWith('.sql'))
      .sort()) {
      const text = readFileSync(join(from, name), 'utf8')
      const checksum = createHash('sha256').update(text).digest('hex')
      if (known.has(name)) {
        if (known.get(name) !== checksum) {
          throw new Error(
            `Migration ${name} was edited after it was applied: add a new file instead`,
          )
        }
        continue
      }
      await sql.begin(async (trx) => {
        await trx.unsafe(text)
        await trx`insert into migrations (name, checksum) values (${name}, ${checksum})`
      })
      applied.push(name)
    }
    return applied
  } finally {
    // Ending the session gives the lock back, also after a failure.
    await sql.end()
  }
}

if (import.meta.main) {
  const applied = await migrate(configOrExit().databaseUrl)
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}` : 'Nothing to migrate')
}
