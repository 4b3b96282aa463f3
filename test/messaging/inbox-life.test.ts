import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDraft } from '../../db/connect-drafts.ts'
import { writeCredentials } from '../../db/credentials.ts'
import { patchInbox } from '../../db/inboxes.ts'
import { removeMember } from '../../db/users.ts'
import { AlreadyConnected, createInbox, provedKeyOf } from '../../messaging/create-inbox.ts'
import { eraseInbox } from '../../messaging/erase-inbox.ts'
import { joinDefaultRules } from '../../messaging/join-default-rules.ts'
import { type HealthFinding, recordHealth } from '../../messaging/record-health.ts'
import { createDirectoryStorage } from '../../storage/directory.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Mailroom, mail, openMailroom, vault } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const form = (accountId: number, address: string) => ({
  accountId,
  name: 'Suporte',
  channel: 'email' as const,
  address,
  settings: { imap: { host: 'mail.test' } },
  credentials: { password: 'segredo-42' },
})

test('an inbox begins held, with a sealed form, its first import and the order to start', async () => {
  const { db } = database
  const { accountId } = await openMailroom(db)
  const made = await createInbox(db, vault, form(accountId, 'novo@x.test'))
  expect(made.inbox).toMatchObject({ phase: 'connecting', held_since: expect.any(Date) })
  const ref = { accountId, inboxId: made.inboxId }
  expect(await readDraft(db, vault, ref, made.draftId!)).toEqual({
    settings: { imap: { host: 'mail.test' } },
    credentials: { password: 'segredo-42' },
  })
  expect(await readDraft(db, vault, { accountId, inboxId: 1 }, made.draftId!)).toBeUndefined()
  const rows = await db
    .selectFrom('outbox')
    .select(['topic', 'event'])
    .where('inbox_id', '=', made.inboxId)
    .execute()
  expect(rows).toEqual([{ topic: 'inbox', event: 'start' }])
  expect(JSON.stringify(made.inbox)).not.toContain('segredo')
})

test('the same mailbox twice in an account is refused, naming the inbox', async () => {
  const { db } = database
  const own = await openMailroom(db)
  const tries = await Promise.allSettled([
    createInbox(db, vault, form(own.accountId, 'Um@x.test')),
    createInbox(db, vault, form(own.accountId, 'um@X.test')),
  ])
  const refused = tries.find(({ status }) => status === 'rejected') as PromiseRejectedResult
  expect(refused.reason).toBeInstanceOf(AlreadyConnected)
  expect(refused.reason).toMatchObject({ inboxId: expect.any(Number) })
  // A refusal leaves nothing behind.
  expect(await own.count('inboxes')).toBe(2)
  expect(await own.count('connect_drafts')).toBe(2)
})

test('a mailbox that another account only named is free, and what it proved is not', async () => {
  const { db } = database
  const [own, other] = [await openMailroom(db), await openMailroom(db)]
  const at = (accountId: number, provedAt: string) =>
    createInbox(db, vault, { ...form(accountId, 'dois@x.test'), provedAt })
  const named = await at(own.accountId, 'mail.test')
  const { inboxId } = await at(other.accountId, 'mail.test')
  await patchInbox(db, other.accountId, inboxId, { phase: 'disconnected' })
  await patchInbox(db, own.accountId, named.inboxId, {
    phase: 'importing',
    proved_key: provedKeyOf('email:dois@x.test', 'mail.test'),
  })
  await expect(at(other.accountId, 'mail.test')).rejects.toMatchObject({ inboxId: null })
  // Anybody can set up a server that opens a mailbox of any name.
  await expect(at(other.accountId, 'another.test')).resolves.toBeDefined()
  expect(await other.count('inboxes', "phase <> 'disconnected'")).toBe(2)
})

test("an account's inbox takes no agent of another account", async () => {
  const { db } = database
  const [own, other] = [await openMailroom(db), await openMailroom(db)]
  const wanted = { ...form(own.accountId, 'agente@x.test'), agentIds: [other.admin.id] }
  await expect(createInbox(db, vault, wanted)).rejects.toMatchObject({ code: '23503' })
})

test("joining the default rules happens once, and a person's removal is not undone", async () => {
  const { db } = database
  const room = await openMailroom(db)
  const { inboxId } = await createInbox(db, vault, form(room.accountId, 'regras@x.test'))
  await removeMember(db, room.accountId, inboxId, room.claudia.id)
  const joined = await Promise.all([1, 2].map(() => joinDefaultRules(db, room.accountId, inboxId)))
  expect(joined.sort()).toEqual([false, true])
  const rules = await db
    .selectFrom('automation_rules')
    .select('conditions')
    .where('account_id', '=', room.accountId)
    .execute()
  for (const { conditions } of rules) {
    expect(JSON.stringify(conditions)).toContain(`[${room.inboxId},${inboxId}]`)
  }
  expect(await room.count('inbox_members', `inbox_id = ${inboxId} and removed_by_person`)).toBe(1)
  expect(await room.count('timeline', `kind = 'default_rules_joined'`)).toBe(2)
  const { inboxId: alone } = await createInbox(db, vault, {
    ...form(room.accountId, 'sozinha@x.test'),
    joinDefaultRules: false,
  })
  expect(await joinDefaultRules(db, room.accountId, alone)).toBe(false)
})

const start = Date.parse('2026-11-25T12:00:00Z')
const note = (room: Mailroom, minute: number, finding: HealthFinding) =>
  recordHealth(
    database.db,
    room.accountId,
    room.inboxId,
    'receive',
    finding,
    new Date(start + minute * 60_000),
  )
const failing = { status: 'retrying', reason: 'timeout' } as const

test('a short fault is no incident, a lasting one is, and soon again it is the same', async () => {
  const room = await openMailroom(database.db)
  expect(await note(room, 0, failing)).toMatchObject({ changed: true, incidentOpened: false })
  expect(await note(room, 1, { status: 'ok' })).toMatchObject({ changed: true, incidentId: null })
  await note(room, 5, failing)
  const opened = await note(room, 7, failing)
  expect(opened).toMatchObject({ changed: false, incidentOpened: true })
  await note(room, 8, { status: 'ok' })
  expect(await note(room, 12, failing)).toMatchObject({
    incidentOpened: false,
    incidentId: opened.incidentId,
  })
  await note(room, 13, { status: 'ok' })
  await note(room, 30, failing)
  const second = await note(room, 33, failing)
  expect(second.incidentOpened).toBe(true)
  expect(second.incidentId).not.toBe(opened.incidentId)
  expect(await room.count('incidents')).toBe(2)
})

test('administrators are told once per incident that the credentials were refused', async () => {
  const room = await openMailroom(database.db)
  const red = { status: 'reauthorization_required', reason: 'wrong_password' } as const
  expect(await note(room, 0, { ...red, evidence: 'NO\n[AUTHENTICATIONFAILED]' })).toMatchObject({
    incidentOpened: true,
  })
  await note(room, 1, red)
  await note(room, 2, { status: 'ok' })
  await note(room, 5, red)
  expect(await room.count('notifications')).toBe(1)
  expect(await room.count('notifications', `user_id = ${room.admin.id}`)).toBe(1)
  expect(await room.count('timeline', "kind = 'health_changed'")).toBe(3)
})

test('erasing leaves the row and the timeline, and nothing of what was said', async () => {
  const { db } = database
  const room = await openMailroom(db)
  const { accountId, inboxId } = room
  await room.live([mail(), mail({ outgoing: true })])
  await writeCredentials(db, vault, { accountId, inboxId }, { password: 'x' }, null)
  const storage = createDirectoryStorage('unused')
  await eraseInbox(db, storage, { accountId, inboxId })
  await eraseInbox(db, storage, { accountId, inboxId })
  for (const table of ['messages', 'conversations', 'contacts', 'credentials', 'outbox']) {
    expect([table, await room.count(table)]).toEqual([table, 0])
  }
  expect(await room.count('inboxes')).toBe(1)
})
