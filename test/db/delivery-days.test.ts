// What providers pushed goes by whole days, each once its thirty days are over.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../db/client.ts'
import { forgetOldDays, forgetOwnDays } from '../../db/delivery-days.ts'
import { insertDeliveries } from '../../db/inbound-deliveries.ts'
import { type Mailroom, openMailroom } from '../messaging/mailroom.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let room: Mailroom
beforeAll(async () => {
  database = await createTestDatabase()
  room = await openMailroom(database.db)
})
afterAll(() => database?.drop())

const noon = (day: number) => new Date(Date.UTC(2026, 0, day, 12))

/** A delivery at noon of each of these days of 2026. */
const pushed = (days: number[], to = room) =>
  inTransaction(database.db, (trx) =>
    insertDeliveries(
      trx,
      to,
      days.map((day) => ({
        kind: 'message' as const,
        externalId: `SM${day}`,
        reason: null,
        contentType: 'application/x-www-form-urlencoded',
        query: '',
        body: Buffer.from('Body=x'),
        receivedAt: noon(day),
      })),
    ),
  )
const left = async () => {
  const rows = await database.db
    .selectFrom('inbound_deliveries')
    .select('external_id')
    .orderBy('received_at')
    .execute()
  return rows.map(({ external_id }) => Number(external_id?.slice(2)))
}

test('a day is kept for thirty days and forgotten on the day after', async () => {
  const days = Array.from({ length: 32 }, (_, at) => at + 1)
  await pushed(days)
  expect(await forgetOldDays(database.db, noon(31))).toBe(0)
  expect(await left()).toEqual(days)
  expect(await forgetOldDays(database.db, noon(33))).toBe(2)
  expect(await left()).toEqual(days.slice(2))
  expect(await forgetOldDays(database.db, noon(33))).toBe(0)
})

test('however long nobody forgot, what is kept is never forgotten with what is not', async () => {
  await database.db.deleteFrom('inbound_deliveries').execute()
  // Forty days apart they lie in the same part.
  await pushed([201, 241, 242])
  await forgetOldDays(database.db, noon(242))
  expect(await left()).toEqual([201, 241, 242])
  await forgetOldDays(database.db, noon(275))
  expect(await left()).toEqual([])
})

test('an account that keeps its deliveries for a shorter time loses its own earlier', async () => {
  const { db } = database
  await db.deleteFrom('inbound_deliveries').execute()
  const brief = await openMailroom(db)
  await db
    .updateTable('accounts')
    .set({ delivery_retention_days: 7 })
    .where('id', '=', brief.accountId)
    .execute()
  await pushed([301, 302])
  await pushed([303, 304, 310], brief)
  expect(await forgetOwnDays(db, { now: noon(312), limit: 1 })).toBe(1)
  expect(await forgetOwnDays(db, { now: noon(312), limit: 10 })).toBe(1)
  expect(await left()).toEqual([301, 302, 310])
})
