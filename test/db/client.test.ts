import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, inTransaction, listen, openDatabase } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts'

const dir = mkdtempSync(join(tmpdir(), 'client-'))
let server: PostgresServer
let db: Database

beforeAll(async () => {
  server = await startPostgres({ dataDir: join(dir, 'data'), durable: false })
  await migrate(server.url)
  db = openDatabase(server.url)
})

afterAll(async () => {
  await db?.destroy()
  await server?.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('every column of the database is in the schema, and no other', async () => {
  const { rows } = await sql<{ name: string }>`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and table_name <> 'migrations' and not exists (
      select from pg_class where relname = table_name and relispartition)`.execute(db)
  const room = join(import.meta.dirname, '../../db')
  const text = readdirSync(join(room, 'schema'))
    .map((file) => readFileSync(join(room, 'schema', file), 'utf8'))
    .join('\n')
  const index = readFileSync(join(room, 'schema.ts'), 'utf8')
  const written = [...index.matchAll(/^ {2}(\w+): (\w+Table)$/gm)].flatMap(([, table, name]) => {
    const body = text.split(`export interface ${name} {\n`)[1]!.split('\n}')[0]!
    return [...body.matchAll(/^ {2}(\w+):/gm)].map(([, column]) => `${table}.${column}`)
  })
  expect(written.sort()).toEqual(rows.map(({ name }) => name).sort())
})

test('ids come back as numbers and times as dates', async () => {
  const account = await db
    .insertInto('accounts')
    .values({ name: 'Padaria' })
    .returningAll()
    .executeTakeFirstOrThrow()
  expect(account).toMatchObject({ id: expect.any(Number), created_at: expect.any(Date) })
})

test('json is written and read as it is, a string included', async () => {
  const { id } = await db
    .insertInto('accounts')
    .values({ name: 'Oficina' })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const data of [{ a: [1, 'ção'] }, 'text', ['x']]) {
    const row = await db
      .insertInto('account_events')
      .values({ account_id: id, kind: 'test', data })
      .returning('data')
      .executeTakeFirstOrThrow()
    expect(row.data).toEqual(data)
  }
})

test('a deadlock repeats the whole transaction, any other failure is thrown', async () => {
  let tries = 0
  const result = await inTransaction(db, async () => {
    tries++
    if (tries < 3) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
    return 'done'
  })
  expect([result, tries]).toEqual(['done', 3])
  const failing = inTransaction(db, async (trx) => {
    await trx.insertInto('accounts').values({ name: 'Nobody' }).execute()
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  const left = await db.selectFrom('accounts').select('id').where('name', '=', 'Nobody').execute()
  expect(left).toEqual([])
})

test('a listener hears what is notified after it listens', async () => {
  let heard: (payload: string) => void = () => {}
  const first = new Promise<string>((resolve) => {
    heard = resolve
  })
  const listener = await listen(
    server.url,
    'outbox',
    (payload) => heard(payload),
    () => {},
  )
  await sql`select pg_notify('outbox', 'hello')`.execute(db)
  expect(await first).toBe('hello')
  await listener.end()
})
