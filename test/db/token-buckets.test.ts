import { afterAll, beforeAll, expect, test } from 'vitest'
import { reserveToken, rest, restLeft, takeToken, takeTokens } from '../../db/token-buckets.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

test('takers at once get what the bucket holds and no more; the others learn how long', async () => {
  const limits = { capacity: 3, perSecond: 0.01 }
  const waits = await Promise.all(
    Array.from({ length: 8 }, () => takeToken(database.db, 'host/a', limits)),
  )
  expect(waits.filter((wait) => wait === 0)).toHaveLength(3)
  for (const wait of waits.filter((value) => value > 0)) {
    expect(wait).toBeGreaterThan(90_000)
    expect(wait).toBeLessThanOrEqual(100_000)
  }
})

test('tokens come back with time', async () => {
  const limits = { capacity: 1, perSecond: 20 }
  expect(await takeToken(database.db, 'host/b', limits)).toBe(0)
  const wait = await takeToken(database.db, 'host/b', limits)
  expect(wait).toBeGreaterThan(0)
  await new Promise((resolve) => setTimeout(resolve, wait + 5))
  expect(await takeToken(database.db, 'host/b', limits)).toBe(0)
})

test('who reserves gets a turn, each a later one', async () => {
  const limits = { capacity: 2, perSecond: 0.01 }
  const waits: number[] = []
  for (let n = 0; n < 4; n++) waits.push(await reserveToken(database.db, 'host/c', limits))
  expect(waits.slice(0, 2)).toEqual([0, 0])
  expect(Math.round(waits[2]! / 10_000)).toBe(10)
  expect(Math.round(waits[3]! / 10_000)).toBe(20)
})

test('a rest is over by itself, and the last word counts', async () => {
  expect(await restLeft(database.db, 'rest/a')).toBe(0)
  await rest(database.db, 'rest/a', 60_000)
  await rest(database.db, 'rest/a', 30_000)
  const left = await restLeft(database.db, 'rest/a')
  expect(left).toBeGreaterThan(20_000)
  expect(left).toBeLessThanOrEqual(30_000)
  await rest(database.db, 'rest/a', 1)
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await restLeft(database.db, 'rest/a')).toBe(0)
})

test('of several buckets each gives a token or none does', async () => {
  const { db } = database
  const inbox = { key: 'inbox', capacity: 1, perSecond: 0.01 }
  const contact = { key: 'contact', capacity: 2, perSecond: 0.01 }
  expect(await takeTokens(db, [inbox, contact])).toBe(0)
  expect(await takeTokens(db, [inbox, contact])).toBeGreaterThan(90_000)
  // The one that waited for the inbox has not used up the contact's second.
  expect(await takeToken(db, contact.key, contact)).toBe(0)
  expect(await takeToken(db, contact.key, contact)).toBeGreaterThan(90_000)
})
