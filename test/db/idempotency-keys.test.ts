import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertAccount } from '../../db/accounts.ts'
import { claimKey, dropKey, keepReply } from '../../db/idempotency-keys.ts'
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

const claim = (key: string, { body = 'a', accountId = account, path = '/inboxes' } = {}) =>
  claimKey(database.db, accountId, {
    key,
    method: 'POST',
    path,
    bodyHash: createHash('sha256').update(body).digest(),
  })

test('of the same request at once one runs, and its reply is given to the repeats', async () => {
  const kinds = (await Promise.all([claim('k'), claim('k'), claim('k')])).map(({ kind }) => kind)
  expect(kinds.sort()).toEqual(['claimed', 'running', 'running'])
  await keepReply(database.db, account, 'k', 201, { id: 5 })
  expect(await claim('k')).toEqual({ kind: 'replay', status: 201, body: { id: 5 } })
})

test('the same key with another body or path is another request, in another account its own', async () => {
  await claim('x')
  expect(await claim('x', { body: 'b' })).toEqual({ kind: 'other_request' })
  expect(await claim('x', { path: '/contacts' })).toEqual({ kind: 'other_request' })
  expect(await claim('x', { accountId: other })).toEqual({ kind: 'claimed' })
})

test('a dropped key, one after a day, and one whose process died may be taken again', async () => {
  const { db } = database
  await claim('d')
  await dropKey(db, account, 'd')
  expect(await claim('d')).toEqual({ kind: 'claimed' })
  await sql`update idempotency_keys set created_at = now() - interval '6 minutes'
    where key = 'd'`.execute(db)
  expect(await claim('d')).toEqual({ kind: 'claimed' })
  await keepReply(db, account, 'd', 200, {})
  await sql`update idempotency_keys set created_at = now() - interval '25 hours'
    where key = 'd'`.execute(db)
  expect(await claim('d', { body: 'b' })).toEqual({ kind: 'claimed' })
})
