// Renewing access: one at a time over all processes, stored before it is used, lost by no crash.
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createAccessTokens, isDue } from '../../activities/access-tokens.ts'
import type { ActivityDeps } from '../../activities/deps.ts'
import type { OAuthCredentials } from '../../channels/channel.ts'
import { newConsent } from '../../channels/consent.ts'
import type { MailSignIn, OAuthMailSettings } from '../../channels/mail/oauth.ts'
import { microsoftConnect } from '../../channels/microsoft/connect.ts'
import { isSharedAccess, keepAliveAt, noteAccess } from '../../db/access-tokens.ts'
import { type Database, inTransaction, openDatabase } from '../../db/client.ts'
import { readCredentials, writeCredentials } from '../../db/credentials.ts'
import { createVault } from '../../db/encryption.ts'
import { createAccount } from '../../messaging/create-account.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import {
  CLIENT,
  type IdentityProvider,
  startIdentityProvider,
} from '../simulators/identity-provider.ts'
import { createTestDatabase } from '../support/database.ts'

const REDIRECT = 'https://chat.test/callback'
const vault = createVault([{ id: 'test', key: Buffer.alloc(32, 7) }])
let database: Awaited<ReturnType<typeof createTestDatabase>>
let provider: IdentityProvider
let connect: MailSignIn
let accountId: number
/** Two processes: pools of their own, and nothing else in common than Postgres. */
let processes: Database[]
let logged: string[] = []

beforeAll(async () => {
  ;[database, provider] = await Promise.all([
    createTestDatabase(),
    startIdentityProvider('microsoft'),
  ])
  provider.redirectUris.push(REDIRECT)
  connect = microsoftConnect({ ...CLIENT, fetch: provider.fetch })
  processes = [openDatabase(database.url, { max: 12 }), openDatabase(database.url, { max: 12 })]
  const made = await createAccount(database.db, {
    name: 'Shop',
    adminName: 'Ana',
    adminEmail: 'ana@shop.test',
  })
  accountId = made.account.id
})
afterAll(async () => {
  await Promise.all(processes.map((db) => db.destroy()))
  await provider.stop()
  await database.drop()
})
beforeEach(() => {
  provider.refreshes.length = 0
  provider.beforeRefresh = async () => {}
  logged = []
})

const tokensOf = (db: Database) =>
  createAccessTokens({
    db,
    vault,
    clock: () => new Date(),
    logger: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
  } as unknown as ActivityDeps)

/** An inbox whose access token is about to end. */
async function inboxOf(address: string, credentials?: OAuthCredentials) {
  const settings = connect.read({ address })
  const { inboxId } = await createInbox(database.db, vault, {
    accountId,
    name: address,
    channel: 'microsoft',
    address,
    settings: { ...settings },
  })
  const ref = { accountId, inboxId }
  const stored = credentials ?? aged(await signIn(settings))
  await writeCredentials(database.db, vault, ref, stored, new Date())
  return { ref, stored }
}

async function signIn(settings: OAuthMailSettings): Promise<OAuthCredentials> {
  provider.visitor = { email: settings.address }
  const consent = newConsent(REDIRECT)
  const back = await provider.visit(await connect.authorizationUrl(settings, consent))
  return connect.exchange(settings, consent, back.searchParams.get('code')!)
}

const aged = (credentials: OAuthCredentials): OAuthCredentials => ({
  ...credentials,
  minted_at: new Date(Date.now() - 3_590_000).toISOString(),
  expires_at: new Date(Date.now() + 10_000).toISOString(),
})
const read = async (ref: { accountId: number; inboxId: number }) =>
  (await readCredentials(database.db, vault, ref.accountId, ref.inboxId)) as OAuthCredentials

test('two processes that renew at once ask once, and both have the new token', async () => {
  const { ref, stored } = await inboxOf('two@shop.test')
  const tokens = await Promise.all(
    [...processes, ...processes].map((db) =>
      tokensOf(db).freshCredentials(ref, connect.renewal, stored),
    ),
  )
  expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(1)
  expect(provider.refreshes).toEqual(['two@shop.test'])
  expect(tokens[0]!.access_token).not.toBe(stored.access_token)
})

test('a rotated token is stored before anybody has it', async () => {
  const { ref, stored } = await inboxOf('rotated@shop.test')
  const fresh = await tokensOf(processes[0]!).freshCredentials(ref, connect.renewal, stored)
  expect(fresh.refresh_token).not.toBe(stored.refresh_token)
  expect(await read(ref)).toEqual(fresh)
  const { rows } = await processes[0]!
    .selectFrom('credentials')
    .selectAll()
    .where('inbox_id', '=', ref.inboxId)
    .execute()
    .then((found) => ({ rows: found }))
  expect(rows[0]!.ciphertext.includes(fresh.refresh_token)).toBe(false)
})

test('a crash between the answer and the commit loses nothing', async () => {
  const { ref, stored } = await inboxOf('crash@shop.test')
  const dying = {
    ...connect.renewal,
    async refresh(credentials: OAuthCredentials) {
      await connect.renewal.refresh(credentials)
      throw new Error('killed')
    },
  }
  const renewed = tokensOf(processes[0]!).freshCredentials(ref, dying, stored)
  await expect(renewed).rejects.toThrow('killed')
  expect(await read(ref)).toEqual(stored)
  const next = await tokensOf(processes[1]!).freshCredentials(ref, connect.renewal, stored)
  expect(provider.hasAccess(next.access_token)).toBe(true)
})

test('a token that was refused is renewed whatever its age, unless somebody has done so', async () => {
  const credentials = await signIn(connect.read({ address: 'refused@shop.test' }))
  const { ref } = await inboxOf('refused@shop.test', credentials)
  const { freshCredentials } = tokensOf(processes[0]!)
  expect(await freshCredentials(ref, connect.renewal, credentials)).toEqual(credentials)
  const refused = credentials.access_token
  const fresh = await freshCredentials(ref, connect.renewal, credentials, refused)
  expect(fresh.access_token).not.toBe(refused)
  expect(await freshCredentials(ref, connect.renewal, credentials, refused)).toEqual(fresh)
  expect(provider.refreshes).toHaveLength(1)
})

test('300 tokens that end in the same minute are renewed once each, a few at a time', async () => {
  const base = aged(await signIn(connect.read({ address: 'fleet@shop.test' })))
  const inboxes = await Promise.all(
    Array.from({ length: 300 }, (_, at) => inboxOf(`fleet${at}@shop.test`, base)),
  )
  let running = 0
  let most = 0
  provider.beforeRefresh = async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
  }
  // A watch and a send of each, in both processes.
  const asked = inboxes.flatMap(({ ref, stored }) =>
    processes.map((db) => tokensOf(db).freshCredentials(ref, connect.renewal, stored)),
  )
  await Promise.all(asked)
  expect(provider.refreshes).toHaveLength(300)
  expect(most).toBeLessThanOrEqual(8)
})

test('inboxes that signed in together do not renew together', () => {
  const minted_at = new Date(0).toISOString()
  const expires_at = new Date(3_600_000).toISOString()
  const dueAt = Array.from({ length: 1000 }, (_, inboxId) => {
    let minute = 0
    while (!isDue({ inboxId }, { minted_at, expires_at }, minute * 60_000)) minute += 1
    return minute
  })
  expect(Math.min(...dueAt)).toBeGreaterThanOrEqual(48)
  expect(Math.max(...dueAt)).toBeLessThanOrEqual(54)
  const byMinute = Map.groupBy(dueAt, (at) => at)
  const busiest = Math.max(...Array.from(byMinute.values(), (minute) => minute.length))
  expect(busiest).toBeLessThan(250)
})

test('an app that its provider refuses is told to the operator, and the row stays as it was', async () => {
  const { ref, stored } = await inboxOf('broken@shop.test')
  provider.fail({ status: 401, body: { error: 'invalid_client', error_codes: [7000222] } })
  const renewed = tokensOf(processes[0]!).freshCredentials(ref, connect.renewal, stored)
  await expect(renewed).rejects.toMatchObject({ kind: 'Unavailable' })
  expect(logged.join()).toContain('The sign-in app is refused')
  expect(await read(ref)).toEqual(stored)
})

test('access says whose it is, and what is renewed when it has to be again', async () => {
  const { ref, stored } = await inboxOf('owner@shop.test')
  const { freshCredentials, accessOf } = tokensOf(processes[0]!)
  await freshCredentials(ref, connect.renewal, stored)
  const due = await keepAliveAt(database.db, ref)
  expect(due!.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000)
  const other = await inboxOf('owner2@shop.test', aged(stored))
  for (const [one, isShared] of [
    [ref, false],
    [other.ref, true],
  ] as const) {
    await inTransaction(database.db, (trx) => noteAccess(trx, one, accessOf(connect, stored)))
    expect(await isSharedAccess(database.db, ref)).toBe(isShared)
  }
})
