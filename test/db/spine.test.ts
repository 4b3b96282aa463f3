import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../db/migrate.ts'
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts'

const dir = mkdtempSync(join(tmpdir(), 'spine-'))
let server: PostgresServer
let sql: postgres.Sql

beforeAll(async () => {
  server = await startPostgres({ dataDir: join(dir, 'data'), durable: false })
  sql = postgres(server.url, { onnotice: () => {} })
  await migrate(server.url)
  await sql`insert into accounts (name) values ('Padaria'), ('Oficina')`
})

afterAll(async () => {
  await sql?.end()
  await server?.stop()
  rmSync(dir, { recursive: true, force: true })
})

const addInbox = async (accountId: number, key: string): Promise<number> => {
  const [row] = await sql`
    insert into inboxes (account_id, name, channel, address, channel_key)
    values (${accountId}, 'Suporte', 'email', ${key}, ${key}) returning id`
  return row!.id
}
const addContact = async (accountId: number): Promise<number> => {
  const [row] = await sql`insert into contacts (account_id) values (${accountId}) returning id`
  return row!.id
}
const addConversation = (accountId: number, inboxId: number, contactId: number) => sql`
  insert into conversations
    (account_id, display_id, inbox_id, contact_id, first_message_at, last_message_at)
  values (${accountId}, nextval('conversation_ids'), ${inboxId}, ${contactId}, now(), now())
  returning id`

test("a row that refers to another account's inbox or contact cannot be stored", async () => {
  const own = await addInbox(1, 'email:own@padaria.test')
  const foreign = await addInbox(2, 'email:own@oficina.test')
  const contact = await addContact(1)
  await expect(addConversation(1, foreign, contact)).rejects.toMatchObject({ code: '23503' })
  await expect(addConversation(2, foreign, contact)).rejects.toMatchObject({ code: '23503' })
  await expect(addConversation(1, own, contact)).resolves.toHaveLength(1)
})

test('a mailbox is one inbox of an account, and once proved one in the world, until that inbox is disconnected', async () => {
  const key = 'email:once@padaria.test'
  const first = await addInbox(1, key)
  await expect(addInbox(1, key)).rejects.toMatchObject({ code: '23505' })
  const second = await addInbox(2, key)
  const prove = (inbox: number) => sql`
    update inboxes set phase = 'active', proved_key = ${key} where id = ${inbox}`
  await prove(second)
  await expect(prove(first)).rejects.toMatchObject({ constraint_name: 'inboxes_proved_key' })
  await sql`update inboxes set phase = 'disconnected' where id = ${second}`
  await prove(first)
  await expect(addInbox(2, key)).resolves.toBeDefined()
})

test('the same message twice in an inbox is refused, in two inboxes it is two messages', async () => {
  const contact = await addContact(1)
  const addMessage = async (inboxId: number) => {
    const [conversation] = await addConversation(1, inboxId, contact)
    return sql`
      insert into messages
        (account_id, conversation_id, inbox_id, external_id, direction, origin, status, sent_at)
      values (1, ${conversation!.id}, ${inboxId}, 'abc', 'incoming', 'live', 'received', now())`
  }
  const first = await addInbox(1, 'email:a@padaria.test')
  const second = await addInbox(1, 'email:b@padaria.test')
  await addMessage(first)
  await expect(addMessage(first)).rejects.toMatchObject({ code: '23505' })
  await expect(addMessage(second)).resolves.toBeDefined()
})

test("every tenant's table carries account_id, and only rows of the whole platform do not", async () => {
  const tables = await sql`
    select t.table_name as name from information_schema.tables t
    where t.table_schema = 'public' and t.table_type = 'BASE TABLE' and not exists (
      select from information_schema.columns c
      where c.table_schema = 'public' and c.table_name = t.table_name
        and c.column_name = 'account_id')
    order by 1`
  const names = tables.map(({ name }) => name).filter((name) => name !== 'migrations')
  expect(names).toEqual(['accounts', 'api_presence', 'token_buckets'])
})

test('migrating again applies nothing, and two at once do not collide', async () => {
  expect(await Promise.all([migrate(server.url), migrate(server.url)])).toEqual([[], []])
})

test('a migration that fails leaves nothing behind, and an edited one is refused by name', async () => {
  const files = join(dir, 'migrations')
  mkdirSync(files)
  writeFileSync(join(files, '9001-half.sql'), 'create table half (id int); select 1 / 0')
  await expect(migrate(server.url, files)).rejects.toThrow('division by zero')
  const [row] = await sql`select to_regclass('half') as half`
  expect(row!.half).toBeNull()
  writeFileSync(join(files, '9001-half.sql'), 'create table whole (account_id bigint)')
  expect(await migrate(server.url, files)).toEqual(['9001-half.sql'])
  writeFileSync(join(files, '9001-half.sql'), 'create table other (account_id bigint)')
  await expect(migrate(server.url, files)).rejects.toThrow('9001-half.sql was edited')
})
