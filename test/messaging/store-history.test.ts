import { afterAll, beforeAll, expect, test } from 'vitest'
import { FenceLost, takeFence } from '../../db/channel-cursors.ts'
import { storeHistory } from '../../messaging/store-history.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { daysAgo, mail, now, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const SIDE_EFFECTS = ['outbox', 'notifications', 'rule_runs', 'action_receipts', 'bot_events']

test('an import has no side effect at all, and tells the console once a page', async () => {
  const room = await openMailroom(database.db, { held: true })
  const events = await room.count('account_events')
  const page = Array.from({ length: 60 }, (_, at) =>
    mail({ from: `c${at % 7}@example.test`, at: daysAgo(at) }),
  )
  expect(await room.history(page)).toEqual({ stored: 60, known: 0, quarantined: 0 })
  for (const table of SIDE_EFFECTS) expect([table, await room.count(table)]).toEqual([table, 0])
  expect((await room.count('account_events')) - events).toBe(1)
  expect(await room.count('messages', "origin = 'history' and seq is null")).toBe(60)
  expect(await room.count('conversations', 'last_seq = 0 and assignee_id is null')).toBe(60)
  expect(await room.count('contacts')).toBe(7)
})

test('the same page again stores nothing, and a mail in two places is one message', async () => {
  const room = await openMailroom(database.db)
  const one = mail()
  const copy = { ...one, location: { folder: 'INBOX', uidValidity: 7n, uid: 900_001 } }
  expect(await room.history([one, copy])).toMatchObject({ stored: 1, known: 1 })
  expect(await room.history([one, copy])).toMatchObject({ stored: 0, known: 2 })
  const moved = { ...one, location: { folder: 'Archive', uidValidity: 1n, uid: 5 } }
  expect(await room.history([moved])).toMatchObject({ stored: 0, known: 1 })
  expect(await room.count('messages')).toBe(1)
  expect(await room.count('message_locations')).toBe(3)
})

test('conversations keep their true dates and are resolved when old, open when recent', async () => {
  const room = await openMailroom(database.db)
  const old = mail({ at: daysAgo(30) })
  const recent = mail({ at: daysAgo(6) })
  await room.history([recent, old])
  const rows = await room.conversations()
  expect(rows.map(({ status, last_message_at }) => [status, last_message_at])).toEqual([
    ['open', recent.sentAt],
    ['resolved', old.sentAt],
  ])
  expect(rows.map(({ display_id }) => display_id)).toEqual([1, 2])
})

test('a reply before its parent, siblings of an unseen parent, and pages apart are one thread', async () => {
  const room = await openMailroom(database.db)
  const parent = mail({ at: daysAgo(3) })
  const reply = mail({ replyTo: [parent.sourceId!], at: daysAgo(2) })
  const sibling = mail({ replyTo: [parent.sourceId!], at: daysAgo(1) })
  const other = mail()
  await room.history([sibling])
  await room.history([other, reply])
  await room.history([parent])
  const rows = await room.conversations()
  expect(rows.map((row) => row.message_count)).toEqual([3, 1])
  expect(rows[0]).toMatchObject({
    first_message_at: parent.sentAt,
    last_message_at: sibling.sentAt,
  })
})

test('two threads of a page that meet the same old conversation are counted once each', async () => {
  const room = await openMailroom(database.db)
  await room.history([mail({ id: 'old@x', replyTo: ['a@x', 'b@x'] })])
  await room.history([mail({ replyTo: ['a@x'] }), mail({ replyTo: ['b@x'] })])
  expect((await room.conversations()).map((row) => row.message_count)).toEqual([3])
})

test('history joins a resolved conversation without waking it', async () => {
  const room = await openMailroom(database.db)
  const old = mail({ at: daysAgo(30) })
  await room.history([old])
  await room.history([mail({ replyTo: [old.sourceId!], at: daysAgo(1) })])
  expect(await room.conversations()).toMatchObject([{ status: 'resolved', message_count: 2 }])
})

test('an attempt that lost its fence stores nothing', async () => {
  const room = await openMailroom(database.db)
  const { db } = database
  const key = { ...room, folder: 'INBOX', kind: 'history' as const }
  const zombie = await takeFence(db, key)
  await takeFence(db, key)
  const target = { ...room, folder: 'INBOX', fence: zombie.fence, nextCursor: 1, now }
  const storing = storeHistory(db, target, { messages: [mail()], poison: [], bytes: 1 })
  await expect(storing).rejects.toThrow(FenceLost)
  expect(await room.count('messages')).toBe(0)
  expect(await room.count('contacts')).toBe(0)
})

test('a mail that cannot be read is put aside once and counted, and blocks nothing', async () => {
  const room = await openMailroom(database.db)
  const { db } = database
  const location = { folder: 'INBOX', uidValidity: 7n, uid: 77_777 }
  const poison = [{ location, reason: 'unreadable', evidence: 'no', size: 12 }]
  for (const quarantined of [1, 0]) {
    const { fence } = await takeFence(db, { ...room, folder: 'INBOX', kind: 'history' })
    const target = { ...room, folder: 'INBOX', fence, nextCursor: 1, now }
    const page = { messages: [mail()], poison, bytes: 1 }
    expect(await storeHistory(db, target, page)).toEqual({ stored: 1, known: 0, quarantined })
  }
  expect(await room.count('quarantine', 'tries = 2')).toBe(1)
})

test('imports of two inboxes of an account with the same contacts do not collide', async () => {
  const { db } = database
  const room = await openMailroom(db)
  const from = Array.from({ length: 40 }, (_, at) => `p${at}@example.test`)
  const pages = Array.from({ length: 6 }, (_, at) => {
    const order = at % 2 ? from : from.toReversed()
    return order.map((address) => mail({ from: address }))
  })
  const { inboxId: second } = await (await import('../../messaging/create-inbox.ts')).createInbox(
    db,
    (await import('./mailroom.ts')).vault,
    {
      accountId: room.accountId,
      name: 'Vendas',
      channel: 'email',
      address: `second-${room.inboxId}@x.test`,
      settings: {},
      credentials: {},
    },
  )
  const { storeInbound } = await import('../../messaging/store-inbound.ts')
  await Promise.all(
    pages.map((messages, at) =>
      storeInbound(
        db,
        {
          accountId: room.accountId,
          inboxId: at % 2 ? second : room.inboxId,
          folder: 'INBOX',
          now,
          arrivalOf: () => 'history',
        },
        { messages, poison: [] },
      ),
    ),
  )
  expect(await room.count('contacts')).toBe(40)
  expect(await room.count('messages')).toBe(240)
})
