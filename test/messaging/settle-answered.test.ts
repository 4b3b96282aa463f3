// What a bounce or an answer does to the message it is about.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MessageStatus } from '../../domain/message.ts'
import { applyStatus } from '../../messaging/apply-status.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import type { DeliveryAction } from '../../protocols/mime/delivery-report.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Mailroom, mail, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

/** A conversation with answers of ours in the given statuses. */
async function answered(...statuses: ('sent' | 'unconfirmed')[]) {
  const room = await openMailroom(database.db)
  await room.live([mail()])
  const [conversation] = await room.conversations()
  const { accountId } = room
  const about = { accountId, conversationId: conversation!.id, userId: room.admin.id }
  const ours: { messageId: number; sourceId: string }[] = []
  for (const status of statuses) {
    const queued = await queueOutgoing(database.db, { ...about, content: 'Resposta' })
    await applyStatus(database.db, accountId, queued.messageId, 'transmitting')
    await applyStatus(database.db, accountId, queued.messageId, status)
    ours.push({ messageId: queued.messageId, sourceId: queued.sourceId! })
  }
  return { room, ours }
}

function reportOf(originalMessageId: string, ...actions: DeliveryAction[]) {
  const recipients = actions.map((action) => ({
    address: 'ana@example.test',
    action,
    status: '5.1.1',
    diagnostic: '550 5.1.1 User unknown',
  }))
  return {
    ...mail({ automatic: true, attributes: { nature: 'bounce' }, replyTo: [originalMessageId] }),
    report: { kind: 'delivery' as const, originalMessageId, recipients },
  }
}

async function statusesIn(room: Mailroom): Promise<string[]> {
  const messages = await room.messages()
  return messages
    .filter(({ origin }) => origin === 'authored')
    .sort((a, b) => a.id - b.id)
    .map(({ status }) => status)
}

test('a bounce marks the message it is about as failed, with the words, and no other', async () => {
  const { room, ours } = await answered('sent', 'sent')
  const [first, second] = ours
  const bounce = reportOf(second!.sourceId, 'failed')
  bounce.references.push(first!.sourceId)
  await room.live([bounce])
  expect(await statusesIn(room)).toEqual(['sent', 'failed'])
  const failed = (await room.messages()).find(({ id }) => id === second!.messageId)
  expect(failed).toMatchObject({
    error_code: 'bounced',
    error_evidence: 'ana@example.test: 550 5.1.1 User unknown',
  })
})

test.each<['sent' | 'unconfirmed', DeliveryAction[], MessageStatus]>([
  ['sent', ['delayed'], 'sent'],
  ['sent', ['delivered'], 'delivered'],
  ['sent', ['delivered', 'delayed'], 'sent'],
  ['sent', ['delivered', 'failed'], 'failed'],
  ['sent', ['relayed'], 'sent'],
  ['unconfirmed', ['failed'], 'failed'],
  ['unconfirmed', ['delayed'], 'sent'],
  ['unconfirmed', ['delivered'], 'delivered'],
])('%s, reported %j, is %s', async (before, actions, after) => {
  const { room, ours } = await answered(before)
  await room.live([reportOf(ours[0]!.sourceId, ...actions)])
  expect(await statusesIn(room)).toEqual([after])
})

test('an answer proves that what it answers arrived, not what that referred to', async () => {
  const { room, ours } = await answered('unconfirmed', 'unconfirmed', 'sent')
  const [first, second] = ours
  await room.live([mail({ replyTo: [second!.sourceId, first!.sourceId] })])
  expect(await statusesIn(room)).toEqual(['unconfirmed', 'delivered', 'sent'])
})

test('a bounce that says nothing certain settles nothing', async () => {
  const { room, ours } = await answered('unconfirmed')
  const replyTo = [ours[0]!.sourceId]
  await room.live([mail({ replyTo, automatic: true, attributes: { nature: 'bounce' } })])
  expect(await statusesIn(room)).toEqual(['unconfirmed'])
})

test('a complaint is no failure', async () => {
  const { room, ours } = await answered('sent', 'unconfirmed')
  for (const { sourceId } of ours) {
    const report = { ...reportOf(sourceId, 'delivered').report, kind: 'complaint' as const }
    await room.live([{ ...mail({ automatic: true }), report }])
  }
  expect(await statusesIn(room)).toEqual(['sent', 'delivered'])
})

test('a bounce in another inbox, or in another account, changes nothing', async () => {
  const { room, ours } = await answered('sent')
  const other = await openMailroom(database.db)
  await other.live([reportOf(ours[0]!.sourceId, 'failed')])
  expect(await statusesIn(room)).toEqual(['sent'])
})

test('a bounce that names no mail of ours is only a message', async () => {
  const { room } = await answered('sent')
  await room.live([reportOf('guessed@example.test', 'failed')])
  expect(await statusesIn(room)).toEqual(['sent'])
  expect(await room.messages()).toHaveLength(3)
})
