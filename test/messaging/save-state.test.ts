// Webhooks hear of every change of a conversation's state, whoever made it.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../db/client.ts'
import { insertWebhook } from '../../db/integrations.ts'
import { CONVERSATION_EVENTS } from '../../db/webhook-deliveries.ts'
import { runAutomationAction } from '../../messaging/automation-action.ts'
import { openConversation } from '../../messaging/open-for-people.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { daysAgo, mail, now, vault } from './mailroom.ts'
import { openRuleRoom, type RuleRoom } from './rule-room.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

/** A room with a conversation, of which a webhook hears from now on. */
async function listenedRoom(prepare: (room: RuleRoom) => Promise<unknown> = async () => {}) {
  const { db } = database
  const room = await openRuleRoom(db)
  await prepare(room)
  await room.live([mail()])
  await room.handle()
  const { accountId } = room
  const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, 'a-secret')
  const webhook = { url: 'https://desk.test', events: [...CONVERSATION_EVENTS] }
  await insertWebhook(db, accountId, webhook, seal)
  const { id: conversationId } = await room.only()
  const ref = { accountId, conversationId }
  return {
    ...room,
    ref,
    become: (status: 'pending' | 'resolved') =>
      db.updateTable('conversations').set({ status }).where('id', '=', conversationId).execute(),
    async told() {
      const rows = await db
        .selectFrom('webhook_deliveries')
        .select('event')
        .where('account_id', '=', accountId)
        .orderBy('id')
        .execute()
      return rows.map(({ event }) => event)
    },
  }
}

test('a webhook hears that people get a conversation, and not again when nothing changes', async () => {
  const room = await listenedRoom()
  await room.become('pending')
  const { accountId, conversationId } = room.ref
  const handOver = () =>
    inTransaction(database.db, (trx) =>
      openConversation(trx, accountId, conversationId, 'bot_not_connected'),
    )
  await handOver()
  expect(await room.only()).toMatchObject({ status: 'open', attention_reason: 'bot_not_connected' })
  expect(await room.told()).toEqual(['conversation.updated', 'conversation.opened'])
  await handOver()
  expect(await room.told()).toHaveLength(2)
})

test('a webhook hears that late mail opens a conversation', async () => {
  const room = await listenedRoom()
  await room.become('resolved')
  const [first] = await room.messages()
  const late = () => mail({ at: daysAgo(400), replyTo: [first!.source_id!] })
  await room.live([late(), late()], 'late')
  expect(await room.only()).toMatchObject({ status: 'open', attention_reason: 'late' })
  expect(await room.told()).toEqual(['conversation.updated', 'conversation.opened'])
  await room.live([late()], 'late')
  expect(await room.told()).toHaveLength(2)
})

test('a conversation that late mail begins is created before anything else is told of it', async () => {
  const room = await listenedRoom()
  const heard = () =>
    database.db
      .selectFrom('account_events')
      .select(['kind', 'data'])
      .where('account_id', '=', room.accountId)
      .orderBy('id')
      .execute()
  const before = (await heard()).length
  const [first] = await room.messages()
  const late = mail({ at: daysAgo(400), id: 'restored@x', from: 'bia@x.test' })
  await room.live([late, mail({ at: daysAgo(399), replyTo: ['restored@x'] })], 'late')
  expect(await room.told()).toEqual(['conversation.created'])
  expect((await heard()).slice(before).map(({ kind }) => kind)).toEqual(['conversation.created'])
  // An earlier one is only changed by it.
  await room.live([mail({ at: daysAgo(398), replyTo: [first!.source_id!] })], 'late')
  expect((await room.told()).slice(1)).toEqual(['conversation.updated'])
  const [told, changed] = (await heard()).slice(before + 1).map(({ kind }) => kind)
  expect([told, changed]).toEqual(['message.created', 'conversation.updated'])
})

test('a webhook hears what an automation resolves, once', async () => {
  const room = await listenedRoom(({ rule }) => rule([{ action: 'send_webhook', webhook_id: 1 }]))
  const [step] = (await room.handle()).steps
  const part = { ...room.ref, ...step!, part: 1, now }
  const resolve = () =>
    runAutomationAction(database.db, part, { action: 'change_status', status: 'resolved' })
  expect(await resolve()).toEqual({ outcome: 'done' })
  await resolve()
  expect(await room.told()).toEqual(['conversation.updated', 'conversation.resolved'])
})

test('a webhook hears what a rule resolves', async () => {
  const room = await listenedRoom()
  await room.rule([{ action: 'change_status', status: 'resolved' }], { event: 'message_created' })
  const [first] = await room.messages()
  await room.live([mail({ replyTo: [first!.source_id!] })])
  await room.handle()
  expect(await room.told()).toEqual([
    'message.created',
    'conversation.updated',
    'conversation.resolved',
  ])
})
