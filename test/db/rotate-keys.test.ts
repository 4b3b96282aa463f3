import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDraft, saveDraft } from '../../db/connect-drafts.ts'
import { readCredentials, writeCredentials } from '../../db/credentials.ts'
import { createVault } from '../../db/encryption.ts'
import { rotateKeys } from '../../db/rotate-keys.ts'
import { openMailroom } from '../messaging/mailroom.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

test('after a rotation the old key is not needed any more', async () => {
  const { db } = database
  const { accountId, inboxId } = await openMailroom(db)
  // What the fixture sealed belongs to a key of its own.
  await db.deleteFrom('connect_drafts').execute()
  await db.deleteFrom('bots').execute()
  const [first, second] = ['a', 'b'].map((id) => ({ id, key: randomBytes(32) }))
  const before = createVault([first!])
  const ref = { accountId, inboxId }
  await writeCredentials(db, before, ref, { password: 'um' }, null)
  const draftId = await saveDraft(db, before, ref, { password: 'dois' })
  expect(await rotateKeys(db, createVault([second!, first!]))).toBe(2)
  const after = createVault([second!])
  expect(await readCredentials(db, after, accountId, inboxId)).toEqual({ password: 'um' })
  expect(await readDraft(db, after, ref, draftId)).toEqual({ password: 'dois' })
  expect(await rotateKeys(db, after)).toBe(0)
})

test('a secret copied to the row of another inbox does not open there', async () => {
  const { db } = database
  const [one, other] = [await openMailroom(db), await openMailroom(db)]
  const vault = createVault([{ id: 'a', key: randomBytes(32) }])
  await writeCredentials(db, vault, one, { password: 'um' }, null)
  const { key_id, ciphertext } = await db
    .selectFrom('credentials')
    .selectAll()
    .where('inbox_id', '=', one.inboxId)
    .executeTakeFirstOrThrow()
  await db
    .insertInto('credentials')
    .values({ account_id: other.accountId, inbox_id: other.inboxId, key_id, ciphertext })
    .execute()
  const reading = readCredentials(db, vault, other.accountId, other.inboxId)
  await expect(reading).rejects.toThrow('could not be opened')
})
