import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, listen, openDatabase } from '../../db/client.ts'
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts'
import { waitFor } from '../support/wait-for.ts'

const dir = mkdtempSync(join(tmpdir(), 'connections-'))
const MAX = 20
let server: PostgresServer
let db: Database

beforeAll(async () => {
  server = await startPostgres({ dataDir: join(dir, 'data'), durable: false })
  db = openDatabase(server.url, { max: MAX })
})
afterAll(async () => {
  await db?.destroy()
  await server?.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('a crash of Postgres fails what was open; all of it works again once Postgres is back', async () => {
  const failures: unknown[] = []
  const again = new Set<number>()
  let back = false
  let tries = 0
  async function transactUntilBack(lane: number): Promise<void> {
    while (!again.has(lane)) {
      const begun = back
      try {
        await db.transaction().execute(async (trx) => {
          await sql`select 1`.execute(trx)
          tries += 1
          // So that some are between two queries and some wait for an answer when it strikes.
          await sleep(lane)
          await sql`select ${'x'.repeat(lane * 100)}::text`.execute(trx)
        })
        if (begun) again.add(lane)
      } catch (error) {
        failures.push(error)
        await sleep(20)
      }
    }
  }
  const lanes = Array.from({ length: MAX * 2 }, (_, lane) => transactUntilBack(lane))
  for (let crashes = 1; crashes <= 2; crashes++) {
    const before = tries
    await waitFor(() => tries > before + 200, { what: 'busy lanes' })
    await server.restart({ crash: true })
  }
  back = true
  await waitFor(() => again.size === lanes.length, { what: 'every lane' })
  await Promise.all(lanes)
  expect(failures.length).toBeGreaterThan(0)
  const codes = failures.map((error) => (error as { code?: string }).code ?? String(error))
  // 57P0x: shutting down or starting up.
  for (const code of codes) expect(code).toMatch(/^(CONNECTION_CLOSED|ECONN\w+|57P0\d)$/)
  expect(await connections()).toBeLessThanOrEqual(MAX)
})

test('a transaction whose connection is lost does not go on over another', async () => {
  await sql`create table marks (mark text)`.execute(db)
  const transaction = db.transaction().execute(async (trx) => {
    await sql`insert into marks values ('before')`.execute(trx)
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
    await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(db)
    await sql`insert into marks values ('after')`.execute(trx).catch(() => {})
    await sql`insert into marks values ('long after')`.execute(trx)
  })
  await expect(transaction).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  expect((await sql`select * from marks`.execute(db)).rows).toEqual([])
})

test('who stands still in a transaction loses it, so that others need not wait forever', async () => {
  await sql`create table parcels (weight int)`.execute(db)
  await sql`insert into parcels values (1)`.execute(db)
  const { rows } = await sql`show idle_in_transaction_session_timeout`.execute(db)
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '1min' }])
  const frozen = openDatabase(`${server.url}?idle_in_transaction_session_timeout=50`)
  const locked = Promise.withResolvers<void>()
  const standing = Promise.withResolvers<void>()
  const transaction = frozen.transaction().execute(async (trx) => {
    await sql`update parcels set weight = 2`.execute(trx)
    locked.resolve()
    await standing.promise
    await sql`update parcels set weight = 3`.execute(trx)
  })
  const failed = expect(transaction).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  await locked.promise
  await sql`update parcels set weight = weight * 10`.execute(db)
  standing.resolve()
  await failed
  expect((await sql`select * from parcels`.execute(db)).rows).toEqual([{ weight: 10 }])
  await frozen.destroy()
})

test('who listened hears again after a crash, and is told to look for what was missed', async () => {
  const heard: string[] = []
  let listening = 0
  const listener = await listen(
    server.url,
    'news',
    (payload) => heard.push(payload),
    () => {
      listening += 1
    },
  )
  await server.restart({ crash: true })
  await waitFor(() => listening === 2, { what: 'listening again' })
  await sql`select pg_notify('news', 'hello')`.execute(db)
  await waitFor(() => heard.length > 0, { what: 'what was notified' })
  expect(heard).toEqual(['hello'])
  await listener.end()
})

test('a failed statement keeps its code and where it was asked, not what it was about', async () => {
  const work = sql`do $$ begin create temp table once (word text check (word = 'right')) on commit drop;
    insert into once values ('secret'); end $$`
  const failure = await work.execute(db).catch((error) => error)
  expect(failure).toMatchObject({ code: '23514' })
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/contains/)
  expect(failure.stack).toContain('connections.test.ts')
})

test('destroying it refuses those who wait and closes what is in use', async () => {
  const small = openDatabase(server.url, { max: 1 })
  const started = Promise.withResolvers<void>()
  const held = small.connection().execute(async (one) => {
    await sql`select 1`.execute(one)
    started.resolve()
    await waitFor(
      () =>
        sql`select 1`.execute(one).then(
          () => false,
          () => true,
        ),
      {
        what: 'the end of the connection',
      },
    )
  })
  await started.promise
  const waiting = sql`select 1`.execute(small)
  const refused = expect(waiting).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
  await small.destroy()
  await Promise.all([refused, held])
})

async function connections(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity where datname = current_database()`.execute(
    db,
  )
  return rows[0]!.count
}
