// A database so new that it has no statistics: plans that were made while it was empty must not read
// the whole account for each page, as it fills.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InboundMessage } from '../../channels/channel.ts'
import { type Database, inTransaction, openDatabase } from '../../db/client.ts'
import { applyEvents } from '../../messaging/store-deliveries.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Mailroom, now, openMailroom } from './mailroom.ts'

/** Of the account, before the page that is looked at. */
const CONTACTS = 2_000
const PAGE = 64

let database: TestDatabase
/** One connection, whose plans are all made before anything is stored. */
let db: Database
let room: Mailroom

beforeAll(async () => {
  database = await createTestDatabase()
  for (const table of ['messages', 'conversations', 'contacts', 'contact_identities']) {
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = off)`.execute(database.db)
  }
  room = await openMailroom(database.db)
  db = openDatabase(`${database.url}?plan_cache_mode=force_generic_plan`, { max: 1 })
})
afterAll(async () => {
  await db?.destroy()
  await database?.drop()
})

let ids = 0
function messageOf(contact: number): InboundMessage {
  const value = `+55119${80_000_000 + contact}`
  return {
    externalId: `SM${++ids}`,
    direction: 'incoming',
    sentByAccount: false,
    contact: { kind: 'phone', value, name: 'Ana', aliases: [] },
    sourceId: null,
    references: [`contact ${value}`],
    subject: '',
    text: 'Olá',
    html: null,
    contentType: 'text',
    attributes: {},
    automatic: false,
    sentAt: now,
    deliveredAt: now,
    attachments: [],
    location: null,
  }
}

/** How many rows of tables are read while a page of these contacts is stored. */
async function rowsRead(contacts: readonly number[]): Promise<number> {
  const { accountId, inboxId } = room
  const inbox = { accountId, inboxId, now, lastGoodSyncAt: null }
  const part = { contentType: '', query: '', body: Buffer.alloc(0) }
  return inTransaction(db, async (trx) => {
    const reads = async () => {
      const { rows } = await sql<{ reads: number }>`
        select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint as reads
        from pg_stat_xact_user_tables`.execute(trx)
      return rows[0]!.reads
    }
    const before = await reads()
    const messages = contacts.map(messageOf)
    const events = messages.map((message) => {
      return { address: '', part, event: { kind: 'message' as const, message } }
    })
    const { live } = await applyEvents(trx, inbox, events)
    expect(live).toBe(contacts.length)
    return (await reads()) - before
  })
}

test('a page of messages reads no more in a large account than in a small one', async () => {
  await rowsRead([0, 1])
  const few = await rowsRead(Array.from({ length: PAGE }, (_, at) => at))
  for (let first = 0; first < CONTACTS; first += 200) {
    await rowsRead(Array.from({ length: 200 }, (_, at) => first + at))
  }
  const many = await rowsRead(Array.from({ length: PAGE }, (_, at) => CONTACTS - PAGE + at))
  expect(many).toBeLessThan(few + 20 * PAGE)
})
