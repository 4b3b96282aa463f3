import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type CursorKey,
  commitCursor,
  recordWatermark,
  takeFence,
} from '../../db/channel-cursors.ts'
import { type Database, inTransaction, openDatabase } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts'

const dir = mkdtempSync(join(tmpdir(), 'cursors-'))
let server: PostgresServer
let db: Database
let key: CursorKey

beforeAll(async () => {
  server = await startPostgres({ dataDir: join(dir, 'data'), durable: false })
  await migrate(server.url)
  db = openDatabase(server.url)
  const account = await db
    .insertInto('accounts')
    .values({ name: 'Padaria' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const inbox = await db
    .insertInto('inboxes')
    .values({
      account_id: account.id,
      name: 'Suporte',
      channel: 'email',
      address: 'a@padaria.test',
      channel_key: 'email:a@padaria.test',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  key = { accountId: account.id, inboxId: inbox.id, folder: 'INBOX', kind: 'live' }
})

afterAll(async () => {
  await db?.destroy()
  await server?.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('an attempt that lost its fence commits neither its cursor nor its rows', async () => {
  const zombie = await takeFence(db, key)
  const current = await takeFence(db, key)
  expect(current.fence).toBe(zombie.fence + 1)
  const late = inTransaction(db, async (trx) => {
    await trx.insertInto('contacts').values({ account_id: key.accountId, name: 'Zombie' }).execute()
    await commitCursor(trx, key, zombie.fence, { nextUid: 9 })
  })
  await expect(late).rejects.toMatchObject({ name: 'FenceLost' })
  expect(await db.selectFrom('contacts').selectAll().execute()).toEqual([])
  await inTransaction(db, (trx) => commitCursor(trx, key, current.fence, { nextUid: 5 }))
  expect((await takeFence(db, key)).cursor).toEqual({ nextUid: 5 })
})

test('a watermark is recorded once and never moved', async () => {
  const folder = { ...key, folder: 'Vendas' }
  await inTransaction(db, (trx) => recordWatermark(trx, folder, { uidValidity: 7n, uidNext: 40 }))
  await inTransaction(db, (trx) => recordWatermark(trx, folder, { uidValidity: 7n, uidNext: 90 }))
  const held = await takeFence(db, folder)
  expect(held.watermark).toEqual({ uidValidity: 7n, uidNext: 40 })
  expect(held.cursor).toBeUndefined()
})
