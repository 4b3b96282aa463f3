// The API over a real Postgres, two accounts in it, and a Temporal that is told about or down.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import { pino } from 'pino'
import { buildApp } from '../../api/app.ts'
import { hashKey, newKey } from '../../api/auth.ts'
import type { App, Role } from '../../api/context.ts'
import { discover } from '../../channels/email/index.ts'
import { createChannels } from '../../channels/registry.ts'
import { type Config, loadConfig } from '../../config.ts'
import { insertAccount } from '../../db/accounts.ts'
import { insertApiKey } from '../../db/api-keys.ts'
import type { Database } from '../../db/client.ts'
import { readDraft, replaceDraft } from '../../db/connect-drafts.ts'
import { createVault, type Vault } from '../../db/encryption.ts'
import { insertUser } from '../../db/users.ts'
import { openStorage } from '../../storage/open-storage.ts'
import type { Storage } from '../../storage/storage.ts'
import { TemporalUnavailable, type TemporalVerbs } from '../../temporal/client.ts'
import { createTestDatabase } from '../support/database.ts'
import type { Told } from './told.ts'

export interface TestAccount {
  accountId: number
  adminId: number
  key: string
}

export interface ApiUnderTest {
  app: App
  config: Config
  db: Database
  vault: Vault
  storage: Storage
  accounts: [TestAccount, TestAccount]
  /** Verbs that were called, newest last. */
  told: string[]
  /** While true every verb throws TemporalUnavailable. */
  temporal: { down: boolean }
  /** What the API logged, a line each. */
  logged: string[]
  keyOf(account: TestAccount, role: Role, inboxIds?: number[]): Promise<string>
  /** A call as an administrator of the account, below its prefix. */
  call(account: TestAccount, method: string, path: string, more?: Partial<InjectOptions>): Reply
  stop(): Promise<void>
}
type Reply = Promise<{ status: number; body: Told; headers: Record<string, unknown> }>

export async function startApi(
  env: Record<string, string> = {},
  clock = () => new Date(),
): Promise<ApiUnderTest> {
  const { db, url, drop } = await createTestDatabase()
  const storageDir = mkdtempSync(join(tmpdir(), 'api-storage-'))
  const config = loadConfig({
    DATABASE_URL: url,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    STORAGE_DIR: storageDir,
    RATE_LIMIT: '100000',
    ...env,
  })
  const storage = openStorage(config)
  const told: string[] = []
  const logged: string[] = []
  const temporal = { down: false }
  const vault = createVault(config.encryptionKeys)
  const app = await buildApp({
    config,
    db,
    vault,
    channels: createChannels({
      policy: config,
      google: config.google,
      microsoft: config.microsoft,
      meta: config.meta,
    }),
    temporal: recordingVerbs(told, temporal, { db, vault }),
    storage,
    clock,
    logger: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
  })
  const accounts = [await account(db, 'One'), await account(db, 'Two')] as [
    TestAccount,
    TestAccount,
  ]
  return {
    app,
    config,
    db,
    vault,
    storage,
    accounts,
    told,
    temporal,
    logged,
    keyOf: (of, role, inboxIds) => makeKey(db, of, role, inboxIds ?? null),
    async call(of, method, path, more = {}) {
      const reply = await app.inject({
        method: method as 'GET',
        url: `/api/v1/accounts/${of.accountId}${path}`,
        ...more,
        headers: { api_access_token: of.key, ...more.headers },
      })
      const body =
        reply.body && /json/.test(String(reply.headers['content-type'])) ? reply.json() : reply.body
      return { status: reply.statusCode, body, headers: reply.headers }
    },
    async stop() {
      await app.close()
      await drop()
      rmSync(storageDir, { recursive: true, force: true })
    },
  }
}

/** A connect form that is well-formed; nobody dials it, because no worker runs. */
export function emailForm(address: string) {
  return {
    name: 'Support',
    address,
    imap: { host: 'imap.example.com', login: address, password: 'planted-imap-secret' },
    smtp: { host: 'smtp.example.com', login: address, password: 'planted-smtp-secret' },
  }
}

async function account(db: Database, name: string): Promise<TestAccount> {
  const { id: accountId } = await insertAccount(db, { name, locale: 'en' })
  const person = { accountId, name: 'Ada', role: 'administrator' as const }
  const { id: adminId } = await insertUser(db, { ...person, email: 'ada@example.com' })
  const made = { accountId, adminId, key: '' }
  return { ...made, key: await makeKey(db, made, 'administrator', null) }
}

async function makeKey(db: Database, of: TestAccount, role: Role, inboxIds: number[] | null) {
  const key = newKey()
  const prefix = key.slice(0, 12)
  const { accountId, adminId: userId } = of
  await insertApiKey(db, {
    accountId,
    userId,
    name: role,
    prefix,
    hash: hashKey(key),
    role,
    inboxIds,
  })
  return key
}

function recordingVerbs(
  told: string[],
  state: { down: boolean },
  { db, vault }: { db: Database; vault: Vault },
): TemporalVerbs {
  const tell = (verb: string) => {
    if (state.down) throw new TemporalUnavailable(new Error('down'))
    told.push(verb)
  }
  return {
    startInbox: async () => tell('startInbox'),
    updateInbox: async (_, update) => {
      tell(update)
      return { state: 'active' }
    },
    runPreflight: async () => {
      tell('preflight')
      return [
        { stage: 'dns', ok: true },
        { stage: 'login', ok: false, reason: 'wrong_password', causes: ['app_password_wanted'] },
      ]
    },
    discoverServers: async ({ accountId, draftId }) => {
      tell('discoverServers')
      const { address } = (await readDraft(db, vault, { accountId, inboxId: 0 }, draftId)) as {
        address: string
      }
      // Only providers that are known without asking anybody.
      const discovery = await discover(address, { allowHosts: [] })
      await replaceDraft(db, vault, accountId, draftId, { address, discovery })
    },
    completeSignIn: async () => tell('completeSignIn'),
    fetchQuarantined: async () => {
      tell('fetchQuarantined')
      return { missing: 'gone' }
    },
    wakeConversation: async () => tell('wakeConversation'),
    wakeSend: async () => tell('wakeSend'),
    wakeWebhooks: async () => tell('wakeWebhooks'),
    wakeNotices: async () => tell('wakeNotices'),
    queryImport: async () => null,
    wakeInbox: async () => tell('wakeInbox'),
    startPrivacyRequest: async (_, kind) => tell(kind),
    ensureCaretakers: async () => {},
    runningInboxes: async () => new Set(),
  }
}
