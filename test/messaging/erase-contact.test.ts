// Erasing a contact: nothing of the person is left, and no mailbox brings it back.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InboundMessage } from '../../channels/channel.ts'
import { inTransaction } from '../../db/client.ts'
import { keepReply } from '../../db/idempotency-keys.ts'
import { listSightings, noteSighting } from '../../db/widget-sightings.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { eraseContactBatch, forgetContact, MessageUnderWay } from '../../messaging/erase-contact.ts'
import { handleConversation } from '../../messaging/handle-conversation.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { writeNames } from '../../messaging/write-names.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { daysAgo, mail, minutesAgo, now, openMailroom, vault } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const ana = 'ana@example.test'
const bia = 'bia@example.test'
type Room = Awaited<ReturnType<typeof openMailroom>>

async function contactId({ accountId }: Room, email: string): Promise<number | undefined> {
  const row = await database.db
    .selectFrom('contacts')
    .select('id')
    .where('account_id', '=', accountId)
    .where('email', '=', email)
    .executeTakeFirst()
  return row?.id
}
async function erase(room: Room, email: string): Promise<number> {
  const ref = { accountId: room.accountId, contactId: (await contactId(room, email))! }
  await forgetContact(database.db, ref, now)
  while (!(await eraseContactBatch(database.db, ref)).done);
  return ref.contactId
}
const emails = async (room: Room) => {
  const { rows } = await sql<{ email: string | null }>`
    select email from contacts where account_id = ${room.accountId} order by email`.execute(
    database.db,
  )
  return rows.map(({ email }) => email)
}
const elsewhere = (message: InboundMessage, uid: number, uidValidity = 7n): InboundMessage => ({
  ...message,
  location: { folder: 'INBOX', uidValidity, uid },
})

test('an address book that still names the person brings nobody back', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail({ from: ana })])
  await erase(room, ana)
  const named = (value: string) => ({ kind: 'email', value, name: 'From a phone' })
  await inTransaction(database.db, (trx) =>
    writeNames(trx, room.accountId, [named(ana), named(bia)]),
  )
  expect(await emails(room)).toEqual([bia])
})

test('the person, the conversations and all that hangs on them are gone; others stay', async () => {
  const room = await openMailroom(database.db)
  await room.live([
    mail({ from: ana, id: 'a1@x', text: 'my secret' }),
    mail({ from: bia, id: 'b1@x' }),
  ])
  for (const { id } of await room.conversations()) {
    await handleConversation(database.db, { ...room, conversationId: id, now })
  }
  const conversation = (await room.conversations())[0]!
  await queueOutgoing(database.db, {
    accountId: room.accountId,
    conversationId: conversation.id,
    userId: room.admin.id,
    content: 'hello Ana',
  })
  const erased = await erase(room, ana)

  expect(await emails(room)).toEqual([bia])
  expect((await room.messages()).map(({ source_id }) => source_id)).toEqual(['b1@x'])
  for (const table of ['conversations', 'message_locations', 'message_refs']) {
    expect(await room.count(table), table).toBe(1)
  }
  for (const table of ['rule_runs', 'bot_events', 'outbox']) {
    expect(await room.count(table), table).toBeGreaterThan(0)
    expect(await room.count(table, `conversation_id = ${conversation.id}`), table).toBe(0)
  }
  // What is kept tells of an erasure, and of nobody.
  const [entry] = await database.db
    .selectFrom('timeline')
    .select('data')
    .where('account_id', '=', room.accountId)
    .where('kind', '=', 'contact_erased')
    .execute()
  expect(entry!.data).toEqual({ contact_id: erased, conversations: 1 })
  const { rows } = await sql<{ text: string }>`
    select (select json_agg(t)::text from tombstones t) || (select json_agg(t)::text from timeline t)
      as text`.execute(database.db)
  expect(rows[0]!.text).not.toMatch(/ana@|a1@x|secret/)
})

test('no re-scan, renumbered folder or other import resurrects anything', async () => {
  const room = await openMailroom(database.db)
  const old = mail({ from: ana, id: 'old@x', at: daysAgo(30) })
  const unseen = mail({ from: ana, id: 'unseen@x', at: daysAgo(400) })
  const recent = mail({ from: ana, id: 'recent@x', at: minutesAgo(5) })
  await room.history([old])
  await room.live([recent])
  await erase(room, ana)

  await room.history([old, unseen])
  await room.live([recent])
  await room.live([elsewhere(recent, 1, 8n), elsewhere(old, 2, 8n)])
  // A better reading of the same mail gives it another id; its place is known.
  await room.live([{ ...recent, externalId: 'read better' }])
  await room.live([mail({ from: ana, id: 'moved@x', at: daysAgo(9) })], 'late')
  expect(await room.messages()).toEqual([])
  expect(await emails(room)).toEqual([])
})

test('the same mailbox, connected again as another inbox, brings nothing back', async () => {
  const room = await openMailroom(database.db)
  const mails = [mail({ from: ana, id: 'again@x', at: minutesAgo(3) })]
  await room.live(mails)
  await erase(room, ana)
  const { channel_key, address } = await database.db
    .selectFrom('inboxes')
    .select(['channel_key', 'address'])
    .where('id', '=', room.inboxId)
    .executeTakeFirstOrThrow()
  await sql`update inboxes set phase = 'disconnected' where id = ${room.inboxId}`.execute(
    database.db,
  )
  const form = { channel: 'email' as const, address, settings: {}, credentials: { password: 'x' } }
  const { inboxId } = await createInbox(database.db, vault, {
    accountId: room.accountId,
    name: 'Again',
    ...form,
  })
  const { rows } = await sql<{ channel_key: string }>`
    select channel_key from inboxes where id = ${inboxId}`.execute(database.db)
  expect(rows[0]!.channel_key).toBe(channel_key)
  await room.into(inboxId).live(mails)
  expect(await room.messages()).toEqual([])
})

test('who writes again is a new contact, also with an answer to an erased conversation', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail({ from: ana, id: 'first@x' })])
  const before = await erase(room, ana)
  await room.live([mail({ from: ana, id: 'second@x', replyTo: ['first@x'] })])
  expect(await emails(room)).toEqual([ana])
  expect(await contactId(room, ana)).not.toBe(before)
  const [conversation] = await room.conversations()
  expect(conversation).toMatchObject({ message_count: 1, status: 'open' })
})

test('a mail that comes in the middle of the erasure stays, with a contact of its own', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail({ from: ana, id: 'first@x' })])
  const ref = { accountId: room.accountId, contactId: (await contactId(room, ana))! }
  await forgetContact(database.db, ref, now)
  await room.live([mail({ from: ana, id: 'meanwhile@x', replyTo: ['first@x'] })])
  while (!(await eraseContactBatch(database.db, ref)).done);
  expect((await room.messages()).map(({ source_id }) => source_id)).toEqual(['meanwhile@x'])
})

test('pages that race the erasure bring only live mail, once, and all of the others', async () => {
  const room = await openMailroom(database.db)
  const from = (at: number) => (at % 2 ? ana : bia)
  const history = Array.from({ length: 200 }, (_, at) =>
    mail({ from: from(at), id: `h${at}@x`, at: daysAgo(100 + at) }),
  )
  const live = Array.from({ length: 20 }, (_, at) =>
    mail({ from: from(at), id: `l${at}@x`, replyTo: [`h${at}@x`], at: minutesAgo(1) }),
  )
  await room.history(history.slice(0, 20))
  const pages = async () => {
    for (let at = 20; at < 200; at += 10) await room.history(history.slice(at, at + 10))
  }
  const news = async () => {
    for (const one of live) await room.live([one])
  }
  const oldId = (await contactId(room, ana))!
  await Promise.all([pages(), news(), erase(room, ana)])
  // Everything once more, as after a renumbering.
  await room.history(history.map((one, at) => elsewhere(one, at + 1, 9n)))

  const stored = await room.messages()
  const ids = stored.map(({ source_id }) => source_id!)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => id.startsWith('h')).sort()).toEqual(
    history.flatMap((one, at) => (at % 2 ? [] : [one.sourceId!])).sort(),
  )
  expect(ids.filter((id) => /^l\d*[02468]@/.test(id))).toHaveLength(10)
  expect(await room.count('contacts', `id = ${oldId}`)).toBe(0)
  expect(await room.count('messages', `contact_id = ${oldId}`)).toBe(0)
  for (const { id, message_count } of await room.conversations()) {
    expect(stored.filter(({ conversation_id }) => conversation_id === id)).toHaveLength(
      message_count,
    )
  }
})

test('what the person wrote into another’s conversation goes, the conversation stays', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail({ from: bia, id: 'bia@x' })])
  await room.live([mail({ from: ana, id: 'joins@x', replyTo: ['bia@x'] })])
  const [conversation] = await room.conversations()
  await handleConversation(database.db, { ...room, conversationId: conversation!.id, now })
  await erase(room, ana)
  expect((await room.messages()).map(({ source_id }) => source_id)).toEqual(['bia@x'])
  expect((await room.conversations())[0]).toMatchObject({ message_count: 1 })
  await handleConversation(database.db, { ...room, conversationId: conversation!.id, now })
})

test('a message that is going out right now is waited for; its copy in Sent stays away', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail({ from: ana, id: 'asks@x' })])
  const [conversation] = await room.conversations()
  const { sourceId, messageId } = await queueOutgoing(database.db, {
    accountId: room.accountId,
    conversationId: conversation!.id,
    userId: room.admin.id,
    content: 'an answer',
  })
  const ref = { accountId: room.accountId, contactId: (await contactId(room, ana))! }
  const become = (status: string) =>
    sql`update messages set status = ${status} where id = ${messageId}`.execute(database.db)
  await become('transmitting')
  await forgetContact(database.db, ref, now)
  await expect(eraseContactBatch(database.db, ref)).rejects.toBeInstanceOf(MessageUnderWay)
  await become('sent')
  while (!(await eraseContactBatch(database.db, ref)).done);
  await room.live([mail({ from: ana, id: sourceId!, outgoing: true })])
  expect(await room.messages()).toEqual([])
})

test('the same person of another account is not touched', async () => {
  const [room, other] = [await openMailroom(database.db), await openMailroom(database.db)]
  const both = mail({ from: ana, id: 'both@x', at: daysAgo(50) })
  await room.history([both])
  await other.history([both])
  await erase(room, ana)
  expect(await emails(other)).toEqual([ana])
  await other.history([mail({ from: ana, id: 'more@x', at: daysAgo(60) })])
  expect(await other.messages()).toHaveLength(2)
})

test('replies that were kept for a repeated request, and what a page told of the person, go too', async () => {
  const { db } = database
  const room = await openMailroom(db)
  await room.live([mail({ from: ana, id: 'a@kept' }), mail({ from: bia, id: 'b@kept' })])
  const [first, second] = await room.messages()
  const [hers, other] = first!.source_id === 'a@kept' ? [first!, second!] : [second!, first!]
  const { accountId, inboxId } = room
  const path = (rest: string) => `/api/v1/accounts/${accountId}${rest}`
  const paths = [
    path(`/conversations/${hers.conversation_id}/messages`),
    path(`/messages/${hers.id}/resend`),
    path(`/conversations/${other.conversation_id}/messages`),
    path('/inboxes'),
  ]
  for (const [at, one] of paths.entries()) {
    const request = { key: `1:${at}`, method: 'POST', path: one, bodyHash: Buffer.alloc(32) }
    await keepReply(db, accountId, request, 202, { plain: { content: 'Olá' } })
  }
  await noteSighting(db, { accountId, inboxId }, 'hash_wrong', ana)
  await noteSighting(db, { accountId, inboxId }, 'hash_wrong', bia)
  await erase(room, ana)
  const kept = await db
    .selectFrom('idempotency_keys')
    .select('path')
    .where('account_id', '=', accountId)
    .orderBy('key')
    .execute()
  expect(kept.map((row) => row.path)).toEqual(paths.slice(2))
  const seen = await listSightings(db, accountId, inboxId)
  expect(seen.map(({ value }) => value)).toEqual([bia])
})
