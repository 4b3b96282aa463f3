// Discovery as the API has it done: the address comes sealed in a draft, and so goes the answer.
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ActivityDeps } from '../../activities/deps.ts'
import { createDiscoveryActivities } from '../../activities/discover.ts'
import { insertAccount } from '../../db/accounts.ts'
import { deleteDraft, readDraft, saveDraft } from '../../db/connect-drafts.ts'
import { createVault } from '../../db/encryption.ts'
import { type DnsServer, startDns } from '../simulators/dns.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let dns: DnsServer
let accountId: number
const vault = createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }])

beforeAll(async () => {
  database = await createTestDatabase()
  accountId = (await insertAccount(database.db, { name: 'Padaria' })).id
  dns = await startDns({
    '_imaps._tcp.shop.test': [
      { type: 'SRV', priority: 0, weight: 0, port: 993, host: 'imap.shop.test' },
    ],
    'imap.shop.test': [{ type: 'A', address: '8.8.4.4' }],
  })
})
afterAll(async () => {
  dns?.close()
  await database?.drop()
})

const activities = () => {
  const policy = { allowHosts: [], dnsServers: [dns.address] }
  const deps = { db: database.db, vault, policy, logger: pino({ level: 'silent' }) }
  return createDiscoveryActivities(deps as unknown as ActivityDeps)
}
const save = () => {
  return saveDraft(database.db, vault, { accountId, inboxId: 0 }, { address: 'ana@shop.test' })
}

test('the answer replaces the draft, sealed like it, and a repeat answers the same', async () => {
  const draftId = await save()
  for (let attempt = 1; attempt <= 2; attempt++) {
    await activities().discoverServers({ accountId, draftId })
    expect(await readDraft(database.db, vault, { accountId, inboxId: 0 }, draftId)).toMatchObject({
      address: 'ana@shop.test',
      discovery: { candidates: [{ source: 'srv', imap: { host: 'imap.shop.test', port: 993 } }] },
    })
  }
  const { ciphertext } = await database.db
    .selectFrom('connect_drafts')
    .select('ciphertext')
    .where('id', '=', draftId)
    .executeTakeFirstOrThrow()
  expect(ciphertext.toString('latin1')).not.toMatch(/shop|ana@/)
})

test('an expired draft is nobody to ask for, and is not tried again', async () => {
  const draftId = await save()
  await deleteDraft(database.db, accountId, draftId)
  await expect(activities().discoverServers({ accountId, draftId })).rejects.toMatchObject({
    type: 'DraftExpired',
    nonRetryable: true,
  })
})
