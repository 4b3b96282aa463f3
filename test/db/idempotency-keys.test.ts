import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertAccount } from '../../db/accounts.ts'
import { findReply, keepReply, lockKey } from '../../db/idempotency-keys.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let account: number
let other: number
beforeAll(async () => {
  database = await createTestDatabase()
  account = (await insertAccount(database.db, { name: 'Padaria' })).id
  other = (await insertAccount(database.db, { name: 'Oficina' })).id
})
afterAll(() => database?.drop())

const request = (key: string, { body = 'a', path = '/inboxes' } = {}) => ({
  key,
  method: 'POST',
  path,
  bodyHash: createHash('sha256').update(body).digest(),
})
const find = (key: string, change = {}, accountId = account) =>
  findReply(database.db, accountId, request(key, change))

test('a key is held by one transaction at a time, in another account it is another key', async () => {
  await database.db.transaction().execute(async (first) => {
    expect(await lockKey(first, account, 'k')).toBe(true)
    await database.db.transaction().execute(async (second) => {
      expect(await lockKey(second, account, 'k')).toBe(false)
      expect(await lockKey(second, other, 'k')).toBe(true)
    })
  })
  await database.db.transaction().execute(async (third) => {
    expect(await lockKey(third, account, 'k')).toBe(true)
  })
})

test('the first reply is given to the repeats; another body or path is another request', async () => {
  expect(await find('x')).toEqual({ kind: 'none' })
  await keepReply(database.db, account, request('x'), 201, { id: 5 })
  await keepReply(database.db, account, request('x'), 200, { id: 6 })
  expect(await find('x')).toEqual({ kind: 'replay', status: 201, body: { id: 5 } })
  expect(await find('x', { body: 'b' })).toEqual({ kind: 'other_request' })
  expect(await find('x', { path: '/contacts' })).toEqual({ kind: 'other_request' })
  expect(await find('x', {}, other)).toEqual({ kind: 'none' })
})

test('after a day a key is free for another request', async () => {
  const { db } = database
  await keepReply(db, account, request('d'), 200, null)
  await sql`update idempotency_keys set created_at = now() - interval '25 hours'
    where key = 'd'`.execute(db)
  expect(await find('d')).toEqual({ kind: 'none' })
  await keepReply(db, account, request('d', { body: 'b' }), 201, { id: 7 })
  expect(await find('d', { body: 'b' })).toEqual({ kind: 'replay', status: 201, body: { id: 7 } })
})
