// The first start of an installation makes one account, whichever process is first.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashKey } from '../../api/auth.ts'
import { firstRun } from '../../api/first-run.ts'
import { loadConfig } from '../../config.ts'
import { findCallerByKeyHash } from '../../db/api-keys.ts'
import { createVault } from '../../db/encryption.ts'
import { listBots } from '../../db/integrations.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('two processes at once make one account, whose key is shown once and works', async () => {
  const config = loadConfig({
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    CLAUDIA_ENDPOINT: 'http://localhost:9/claudia',
    CLAUDIA_SECRET: 'a-secret-of-the-bot',
  })
  const parts = { db: database.db, vault: createVault(config.encryptionKeys), config }
  const made = (await Promise.all([firstRun(parts), firstRun(parts)])).filter(Boolean)
  expect(made).toHaveLength(1)
  const [first] = made
  const caller = await findCallerByKeyHash(database.db, hashKey(first!.key!))
  expect(caller).toMatchObject({ accountId: first!.accountId, role: 'administrator' })
  const [claudia] = await listBots(database.db, first!.accountId)
  expect(claudia).toMatchObject({ key: 'claudia', endpoint: 'http://localhost:9/claudia' })
  expect(await firstRun(parts)).toBeUndefined()
})
