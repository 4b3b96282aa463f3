// Files of mails: stored once, left in the mailbox while the storage is away, removed when unused.
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InboundAttachment } from '../../channels/channel.ts'
import { claimObjects, countUnused, sweepObjects } from '../../db/stored-objects.ts'
import { eraseInbox } from '../../messaging/erase-inbox.ts'
import { storeInbound } from '../../messaging/store-inbound.ts'
import { sweepFiles } from '../../messaging/sweep-files.ts'
import { createDirectoryStorage } from '../../storage/directory.ts'
import { type Storage, StorageUnavailable } from '../../storage/storage.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { mail, now, openMailroom } from './mailroom.ts'

const dir = mkdtempSync(join(tmpdir(), 'files-'))
const storage = createDirectoryStorage(join(dir, 'objects'))
let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => {
  await database?.drop()
  rmSync(dir, { recursive: true, force: true })
})

const file = (text: string, change: Partial<InboundAttachment> = {}): InboundAttachment => ({
  fileName: 'a.txt',
  contentType: 'text/plain',
  size: text.length,
  contentId: null,
  inline: false,
  content: Buffer.from(text),
  part: '2',
  ...change,
})
type Ref = { accountId: number; inboxId: number }
const store = (ref: Ref, attachments: InboundAttachment[], into: Storage = storage) => {
  const target = { ...ref, folder: 'INBOX', now, storage: into, arrivalOf: () => 'live' as const }
  return storeInbound(database.db, target, { messages: [mail({ attachments })], poison: [] })
}
const rowsOf = ({ accountId }: Ref) =>
  database.db
    .selectFrom('attachments')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('id')
    .execute()
const objectsOf = ({ accountId }: Ref) => globSync(`objects/${accountId}/??/*`, { cwd: dir }).length
/** As if an hour had passed. */
const letClaimsEnd = ({ accountId }: Ref) =>
  sql`update stored_objects set check_after = now() where account_id = ${accountId}`.execute(
    database.db,
  )

test('the same file of two mails is one object, which stays until both are gone', async () => {
  const room = await openMailroom(database.db)
  await store(room, [file('contract')])
  await store(room, [file('contract', { fileName: 'b.txt' })])
  const [first, second] = await rowsOf(room)
  expect(second!.storage_key).toBe(first!.storage_key)
  expect(objectsOf(room)).toBe(1)

  await letClaimsEnd(room)
  expect(await sweepFiles(database.db, storage, room)).toBe(0)
  const away = async (id: number) => {
    await sql`delete from attachments where id = ${id}`.execute(database.db)
    await letClaimsEnd(room)
    return sweepFiles(database.db, storage, room)
  }
  expect(await away(first!.id)).toBe(0)
  expect(await buffer(storage.open(second!.storage_key!))).toEqual(Buffer.from('contract'))
  expect(await away(second!.id)).toBe(1)
  expect(objectsOf(room)).toBe(0)
})

test('what was stored for a page that never was committed is swept, but not at once', async () => {
  const room = await openMailroom(database.db)
  const key = `${room.accountId}/cr/crashed`
  await claimObjects(database.db, room.accountId, [key])
  await storage.put(key, Buffer.from('x'))
  expect(await sweepFiles(database.db, storage, room)).toBe(0)
  expect(await countUnused(database.db, room.accountId)).toBe(1)
  await letClaimsEnd(room)
  expect(await sweepFiles(database.db, storage, room)).toBe(1)
  expect(await countUnused(database.db, room.accountId)).toBe(0)
})

test('a file used again while it is being swept is written anew', async () => {
  const room = await openMailroom(database.db)
  await store(room, [file('again')])
  await sql`delete from attachments where account_id = ${room.accountId}`.execute(database.db)
  await letClaimsEnd(room)
  let storing: Promise<unknown> | undefined
  await sweepObjects(database.db, {
    accountId: room.accountId,
    limit: 10,
    async remove(key) {
      storing = store(room, [file('again')])
      // It waits for the sweep's lock: no row may appear, or its object would be taken away.
      const waits = sql<{ n: number }>`
        select count(*) as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      while ((await waits.execute(database.db)).rows[0]!.n === 0) await storage.size(key)
      await storage.delete(key)
    },
  })
  await storing
  const [row] = await rowsOf(room)
  expect(await buffer(storage.open(row!.storage_key!))).toEqual(Buffer.from('again'))
})

test('while the storage is away mails come in, and their files wait in the mailbox', async () => {
  const room = await openMailroom(database.db)
  writeFileSync(join(dir, 'no-directory'), '')
  const away = createDirectoryStorage(join(dir, 'no-directory'))
  await store(room, [file('waits')], away)
  expect(await rowsOf(room)).toMatchObject([{ state: 'in_mailbox', part: '2', reason: null }])
  // What only this page holds must not be lost: the page is tried again.
  const only = file('only here', { part: null })
  await expect(store(room, [only], away)).rejects.toBeInstanceOf(StorageUnavailable)
  expect(await room.messages()).toHaveLength(1)
})

test('what may be shown in a page is told by the bytes, whatever the mail declares', async () => {
  const room = await openMailroom(database.db)
  const gif = file('GIF89a0000', { contentType: 'text/html' })
  await store(room, [gif, file('<script>', { contentType: 'image/png' })])
  const rows = await rowsOf(room)
  expect(rows.map(({ detected_type }) => detected_type)).toEqual(['image/gif', null])
})

test('erasing an inbox takes its files, but not those that another inbox shares', async () => {
  const [room, other] = [await openMailroom(database.db), await openMailroom(database.db)]
  await store(room, [file('own'), file('shared')])
  await store(other, [file('shared')])
  await letClaimsEnd(room)
  await eraseInbox(database.db, storage, room)
  expect(objectsOf(room)).toBe(0)
  expect(objectsOf(other)).toBe(1)
})
