import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeConversation } from '../../db/changes-by-people.ts'
import { listOverdueConversations } from '../../db/due-conversations.ts'
import { finishBotEvent, giveUpBotEvent } from '../../messaging/finish-bot-event.ts'
import { handleConversation } from '../../messaging/handle-conversation.ts'
import { holdInbox, releaseHold } from '../../messaging/hold.ts'
import { mayDeliver } from '../../messaging/may-deliver.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { daysAgo, type Mailroom, mail, minutesAgo, now, openMailroom } from './mailroom.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

async function only(room: Mailroom) {
  const [row] = await room.conversations()
  return row!
}
const handle = async (room: Mailroom, at = now) => {
  const { id } = await only(room)
  const { accountId } = room
  return handleConversation(database.db, { accountId, conversationId: id, now: at })
}
const receipts = async (room: Mailroom) => {
  const rows = await database.db
    .selectFrom('action_receipts')
    .select(['action', 'outcome', 'reason'])
    .where('account_id', '=', room.accountId)
    .orderBy('run_id')
    .orderBy('step')
    .execute()
  return rows.map(({ action, outcome, reason }) => [action, outcome, reason])
}

test('a new conversation is given to ClaudIA, and a burst of messages is delivered once', async () => {
  const room = await openMailroom(database.db)
  const first = mail()
  await room.live([first, mail({ replyTo: [first.sourceId!] })])
  const { held, deliveries } = await handle(room)
  expect([held, deliveries.length]).toEqual([false, 1])
  expect(await only(room)).toMatchObject({ assignee_id: room.claudia.id, handled_seq: 3 })
  expect(await receipts(room)).toEqual([
    ['assign_claudia', 'done', null],
    ['deliver_to_claudia', 'skipped', 'answered_with_later'],
    ['deliver_to_claudia', 'pending', null],
  ])
  // A lost answer is given again, and nothing runs twice.
  expect((await handle(room)).deliveries).toEqual(deliveries)
  expect(await room.count('rule_runs')).toBe(3)
})

test('two workers at once run each rule once', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail()])
  const results = await Promise.all([handle(room), handle(room), handle(room)])
  expect(new Set(results.flatMap(({ deliveries }) => deliveries)).size).toBe(1)
  expect(await room.count('rule_runs')).toBe(2)
})

test('a held inbox changes nothing; its release wakes what waited, also what was relayed before', async () => {
  const { db } = database
  const room = await openMailroom(db, { held: true })
  await room.live([mail({ at: minutesAgo(30) })])
  expect(await handle(room)).toMatchObject({ held: true, deliveries: [] })
  expect(await only(room)).toMatchObject({ handled_seq: 0, assignee_id: null })
  await db
    .updateTable('outbox')
    .set({ relayed_at: now })
    .where('account_id', '=', room.accountId)
    .execute()
  const by = { by: 'import_completed' as const }
  expect(await releaseHold(db, room.accountId, room.inboxId, by)).toBe(true)
  expect(await releaseHold(db, room.accountId, room.inboxId, by)).toBe(false)
  expect(await room.count('outbox', 'relayed_at is null')).toBe(2)
  expect((await handle(room)).deliveries).toHaveLength(1)
})

test('a release that races writers strands nothing', async () => {
  const { db } = database
  const room = await openMailroom(db, { held: true })
  await Promise.all([
    ...Array.from({ length: 8 }, () => room.live([mail()])),
    releaseHold(db, room.accountId, room.inboxId, { by: 'import_completed' }),
  ])
  const rows = await room.conversations()
  for (const { id } of rows) {
    const ref = { accountId: room.accountId, conversationId: id, now }
    expect((await handleConversation(db, ref)).deliveries).toHaveLength(1)
  }
  expect(rows).toHaveLength(8)
})

test('keep_off switches ClaudIA off when the import ends, and people have the conversation', async () => {
  const { db } = database
  const room = await openMailroom(db, { held: true })
  await db
    .updateTable('inboxes')
    .set({ claudia_after_import: 'keep_off' })
    .where('id', '=', room.inboxId)
    .execute()
  await room.live([mail()])
  await releaseHold(db, room.accountId, room.inboxId, { by: 'import_completed' })
  expect((await handle(room)).deliveries).toEqual([])
  expect(await receipts(room)).toEqual([['assign_claudia', 'skipped', 'claudia_off']])
  expect(await only(room)).toMatchObject({ assignee_id: null, attention_reason: 'claudia_off' })
})

test("a person's release frees live mail only and leaves ClaudIA as it was", async () => {
  const { db } = database
  const room = await openMailroom(db, { held: true })
  await room.history([mail({ at: daysAgo(1) })])
  await releaseHold(db, room.accountId, room.inboxId, { by: room.admin.id })
  expect((await handle(room)).deliveries).toEqual([])
  expect(await room.count('timeline', `actor_user_id = ${room.admin.id}`)).toBe(1)
  expect(await room.count('rule_runs')).toBe(0)
})

test('a message older than the limit goes to people with the reason on record', async () => {
  const room = await openMailroom(database.db)
  await room.live([mail({ at: daysAgo(3) })])
  expect((await handle(room)).deliveries).toEqual([])
  expect(await receipts(room)).toEqual([['assign_claudia', 'skipped', 'stale']])
  expect(await only(room)).toMatchObject({ status: 'open', attention_reason: 'stale' })
})

test('what a person has answered meanwhile is not answered by ClaudIA', async () => {
  const { db } = database
  const room = await openMailroom(db)
  await room.live([mail()])
  const { deliveries } = await handle(room)
  const { id } = await only(room)
  const about = { accountId: room.accountId, conversationId: id }
  const event = { ...about, eventId: deliveries[0]!, now }
  expect(await mayDeliver(db, event)).toEqual({ act: 'now' })
  await room.live([mail({ outgoing: true, replyTo: [(await room.messages())[0]!.source_id!] })])
  await db
    .updateTable('messages')
    .set({ sent_at: now })
    .where('account_id', '=', room.accountId)
    .where('origin', '=', 'echo')
    .execute()
  expect(await mayDeliver(db, event)).toMatchObject({ reason: 'answered_by_person' })
  expect((await receipts(room)).at(-1)).toEqual([
    'deliver_to_claudia',
    'skipped',
    'answered_by_person',
  ])
  expect((await handle(room)).deliveries).toEqual([])
})

test('robots trigger nothing, and what ClaudIA writes triggers no rule', async () => {
  const { db } = database
  const room = await openMailroom(db)
  const robot = mail({ automatic: true })
  await room.live([robot])
  await handle(room)
  expect(await room.count('rule_runs')).toBe(0)
  const { id } = await only(room)
  const { accountId } = room
  const everyMessage = { account_id: accountId, name: 'All', event: 'message_created' }
  const conditions = { all: [] }
  const actions = [{ action: 'add_label', labels: ['seen'] }]
  await db
    .insertInto('automation_rules')
    .values({ ...everyMessage, conditions, actions })
    .execute()
  const answer = { accountId, conversationId: id, content: 'Olá' }
  await queueOutgoing(db, { ...answer, userId: room.claudia.id, automatic: true })
  await handle(room)
  expect(await room.count('rule_runs')).toBe(0)
  await queueOutgoing(db, { ...answer, userId: room.admin.id })
  await handle(room)
  expect(await room.count('rule_runs')).toBe(1)
})

/** The Message-ID of the conversation's latest. */
async function lastSource({ conversationId }: { conversationId: number }) {
  const row = await database.db
    .selectFrom('messages')
    .select('source_id')
    .where('conversation_id', '=', conversationId)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row?.source_id
}

/** Told, or given up on, and what becomes of the conversation once her time is over. */
async function told(room: Mailroom, how: 'delivered' | 'given up') {
  const { db } = database
  await room.live([mail()])
  const [eventId] = (await handle(room)).deliveries
  const event = { accountId: room.accountId, eventId: eventId!, now, answerBy: minutesAgo(-1) }
  const tried = { ...event, responseStatus: 500, evidence: 'boom' }
  await finishBotEvent(db, { ...tried, status: 'pending' })
  expect((await handle(room)).deliveries).toEqual([eventId])
  if (how === 'given up') await giveUpBotEvent(db, event)
  else await finishBotEvent(db, { ...tried, status: 'delivered' })
  const waiting = await handle(room)
  expect(waiting).toMatchObject({ deliveries: [], dueAt: event.answerBy })
  expect(await only(room)).toMatchObject({ assignee_id: room.claudia.id })
  const { id } = await only(room)
  return {
    conversation: { accountId: room.accountId, conversationId: id },
    late: () => handle(room, event.answerBy),
  }
}

test.each([
  ['delivered', 'done', 'bot_silent'],
  ['given up', 'failed', 'bot_unreachable'],
] as const)(
  'a bot that was %s and does not answer in its time leaves the conversation to people',
  async (how, outcome, reason) => {
    const room = await openMailroom(database.db)
    const { late, conversation } = await told(room, how)
    // What a rule wrote meanwhile is no answer.
    await queueOutgoing(database.db, {
      ...conversation,
      userId: null,
      content: 'We have your message',
      automatic: true,
    })
    const overdue = { before: minutesAgo(-2), limit: 10 }
    expect(await listOverdueConversations(database.db, overdue)).toContainEqual(conversation)
    expect((await late()).dueAt).toBeNull()
    expect(await only(room)).toMatchObject({
      status: 'open',
      assignee_id: null,
      attention_reason: reason,
    })
    expect((await receipts(room)).at(-1)).toEqual(['deliver_to_claudia', outcome, reason])
  },
)

test('a bot that hears more has its time from the last that it heard', async () => {
  const room = await openMailroom(database.db)
  const { conversation, late } = await told(room, 'delivered')
  await room.live([mail({ replyTo: [(await lastSource(conversation))!] })])
  const [eventId] = (await handle(room)).deliveries
  const answerBy = minutesAgo(-3)
  await finishBotEvent(database.db, {
    accountId: room.accountId,
    eventId: eventId!,
    now,
    answerBy,
    status: 'delivered',
    responseStatus: 200,
    evidence: null,
  })
  expect((await late()).dueAt).toEqual(answerBy)
  expect(await only(room)).toMatchObject({ assignee_id: room.claudia.id, attention_reason: null })
})

test.each(['delivered', 'given up'] as const)(
  'a bot that was %s and answers keeps the conversation',
  async (how) => {
    const room = await openMailroom(database.db)
    const { late, conversation } = await told(room, how)
    await queueOutgoing(database.db, {
      ...conversation,
      userId: room.claudia.id,
      content: 'Yes, from 9 to 14 h.',
      automatic: true,
    })
    await late()
    expect(await only(room)).toMatchObject({
      assignee_id: room.claudia.id,
      attention_reason: null,
    })
  },
)

test('a bot that hands the conversation over, or resolves it, has done what it was asked for', async () => {
  for (const change of [{ status: 'open', assignee_id: null }, { status: 'resolved' }] as const) {
    const room = await openMailroom(database.db)
    const { late, conversation } = await told(room, 'delivered')
    await changeConversation(
      database.db,
      conversation.accountId,
      conversation.conversationId,
      change,
    )
    await late()
    expect(await only(room)).toMatchObject({ ...change, attention_reason: null })
  }
})

test('mail that waits while a second import holds the inbox is handled after it', async () => {
  const { db } = database
  const room = await openMailroom(db)
  await room.live([mail()])
  const [eventId] = (await handle(room)).deliveries
  await db.updateTable('outbox').set({ relayed_at: now }).execute()
  expect(await holdInbox(db, room.accountId, room.inboxId, now)).toBe(true)
  const { id } = await only(room)
  const event = { accountId: room.accountId, conversationId: id, eventId: eventId!, now }
  expect(await mayDeliver(db, event)).toEqual({ act: 'wait' })
  await releaseHold(db, room.accountId, room.inboxId, { by: 'import_completed' })
  expect(await room.count('outbox', 'relayed_at is null')).toBeGreaterThan(0)
  expect((await handle(room)).deliveries).toEqual([eventId])
})

test('a rule of people runs its actions, once per conversation when it says so', async () => {
  const { db } = database
  const room = await openMailroom(db)
  await db
    .insertInto('automation_rules')
    .values({
      account_id: room.accountId,
      name: 'Urgent',
      event: 'message_created',
      once_per_conversation: true,
      position: -1,
      conditions: { all: [{ attribute: 'content', operator: 'contains', values: ['urgente'] }] },
      actions: [
        { action: 'set_priority', priority: 'urgent' },
        { action: 'add_label', labels: ['quente'] },
        { action: 'assign_agent', agent_id: 999_999 },
      ],
    })
    .execute()
  const first = mail({ text: 'É URGENTE' })
  await room.live([first, mail({ text: 'urgente mesmo', replyTo: [first.sourceId!] })])
  await handle(room)
  expect(await only(room)).toMatchObject({ priority: 'urgent', labels: ['quente'] })
  expect(await receipts(room)).toContainEqual(['assign_agent', 'failed', 'agent_not_found'])
  expect((await receipts(room)).filter(([action]) => action === 'add_label')).toHaveLength(1)
})
