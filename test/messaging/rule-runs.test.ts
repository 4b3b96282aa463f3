import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeConversation } from '../../db/changes-by-people.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { FLOOD } from '../../messaging/rule-runs.ts'
import { settleStep } from '../../messaging/settle-step.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { mail, now } from './mailroom.ts'
import { minutesLater, openRuleRoom, type RuleRoom } from './rule-room.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const open = () => openRuleRoom(database.db)
const personWrites = (room: RuleRoom, id: number) =>
  queueOutgoing(database.db, {
    accountId: room.accountId,
    conversationId: id,
    userId: room.admin.id,
    content: 'By a person',
  })

test('every action that needs only the database is done in one go, and what was changed is kept', async () => {
  const room = await open()
  const { id: team_id } = await database.db
    .insertInto('teams')
    .values({ account_id: room.accountId, name: 'Billing' })
    .returning('id')
    .executeTakeFirstOrThrow()
  await room.rule([
    { action: 'assign_agent', agent_id: room.admin.id },
    { action: 'assign_team', team_id },
    { action: 'add_label', labels: ['vip', 'new'] },
    { action: 'remove_label', labels: ['new'] },
    { action: 'set_priority', priority: 'high' },
    { action: 'mute' },
    { action: 'add_note', content: 'Look here' },
    { action: 'send_message', content: 'Hello' },
    { action: 'change_status', status: 'pending' },
  ])
  await room.live([mail()])
  expect(await room.handle()).toMatchObject({ steps: [], dueAt: null })
  expect(await room.only()).toMatchObject({
    assignee_id: room.admin.id,
    team_id,
    labels: ['vip'],
    priority: 'high',
    muted: true,
    status: 'pending',
  })
  expect((await room.receipts()).map(([, outcome]) => outcome)).toEqual(Array(9).fill('done'))
  const written = (await room.messages()).filter(({ direction }) => direction === 'outgoing')
  expect(written.map((one) => [one.content, one.private, one.status, one.user_id])).toEqual([
    ['Look here', true, 'sent', null],
    ['Hello', false, 'queued', null],
  ])
  expect(await room.count('notifications')).toBe(0)
})

test('what a rule sends or changes triggers no rule', async () => {
  const room = await open()
  await room.rule([{ action: 'send_message', content: 'Hello' }], { event: 'message_created' })
  await room.rule([{ action: 'add_label', labels: ['never'] }], { event: 'conversation_updated' })
  await room.live([mail()])
  await room.handle()
  await room.handle()
  expect(await room.sent()).toEqual(['Hello'])
  expect((await room.only()).labels).toEqual([])
})

test('a wait holds the rest of the run, over any number of wakes, and ends once', async () => {
  const room = await open()
  await room.rule([
    { action: 'add_label', labels: ['before'] },
    { action: 'wait', minutes: 60 },
    { action: 'add_label', labels: ['after'] },
  ])
  await room.live([mail()])
  expect((await room.handle()).dueAt).toEqual(minutesLater(60))
  expect((await room.handle(minutesLater(59))).dueAt).toEqual(minutesLater(60))
  expect((await room.only()).labels).toEqual(['before'])
  expect((await room.handle(minutesLater(60))).dueAt).toBeNull()
  expect((await room.only()).labels).toEqual(['before', 'after'])
  await room.handle(minutesLater(61))
  expect(await room.receipts()).toEqual([
    ['add_label', 'done', null],
    ['wait', 'done', null],
    ['add_label', 'done', null],
  ])
})

test('a rule that is edited or removed while its run waits goes on as it began', async () => {
  const room = await open()
  const id = await room.rule([
    { action: 'wait', minutes: 5 },
    { action: 'add_label', labels: ['as it was'] },
  ])
  await room.live([mail()])
  await room.handle()
  await database.db
    .updateTable('automation_rules')
    .set({ actions: [{ action: 'mute' }], active: false })
    .where('id', '=', id)
    .execute()
  await room.handle(minutesLater(5))
  expect(await room.only()).toMatchObject({ labels: ['as it was'], muted: false })
})

test('a follow-up is sent when no reply comes in time, and not when one does', async () => {
  const followUp = async () => {
    const room = await open()
    await room.rule([
      { action: 'wait_for_reply', minutes: 60 },
      { action: 'send_message', content: 'Still there?' },
    ])
    await room.live([mail()])
    await room.handle()
    return room
  }
  const silent = await followUp()
  await silent.handle(minutesLater(60))
  expect(await silent.sent()).toEqual(['Still there?'])

  const answered = await followUp()
  await answered.reply(minutesLater(30))
  // The worker was away: the reply came in time, and wins over the end of the wait.
  await answered.handle(minutesLater(90))
  expect(await answered.sent()).toEqual([])
  expect(await answered.receipts()).toEqual([
    ['wait_for_reply', 'done', 'replied'],
    ['send_message', 'skipped', 'replied'],
  ])

  const byRobot = await followUp()
  await byRobot.reply(minutesLater(30), true)
  await byRobot.handle(minutesLater(60))
  expect(await byRobot.sent()).toEqual(['Still there?'])
})

test('an escalation waits for an answer of people, whom notes and robots do not stand in for', async () => {
  const room = await open()
  await room.rule([
    { action: 'wait_for_reply', minutes: 15, from: 'agent' },
    { action: 'set_priority', priority: 'urgent' },
  ])
  await room.live([mail(), mail({ from: 'other@example.test' })])
  const [first, second] = await room.conversations()
  await room.handle()
  await queueOutgoing(database.db, {
    accountId: room.accountId,
    conversationId: first!.id,
    userId: room.claudia.id,
    content: 'By a robot',
    automatic: true,
  })
  await room.handle(minutesLater(15))
  expect((await room.only()).priority).toBe('urgent')
  expect(second).toMatchObject({ priority: null })
})

test('an answer of people ends an escalation, also one that came before the rule was run', async () => {
  const escalation = async () => {
    const room = await open()
    await room.rule([{ action: 'wait_for_reply', minutes: 15, from: 'agent' }, { action: 'mute' }])
    await room.live([mail()])
    return room
  }
  const before = await escalation()
  await personWrites(before, (await before.only()).id)
  expect((await before.handle()).dueAt).toBeNull()
  const meanwhile = await escalation()
  await meanwhile.handle()
  await personWrites(meanwhile, (await meanwhile.only()).id)
  expect((await meanwhile.handle()).dueAt).toBeNull()
  const elsewhere = await escalation()
  await elsewhere.handle()
  const [first] = await elsewhere.messages()
  const at = minutesLater(5)
  await elsewhere.live([mail({ outgoing: true, replyTo: [first!.source_id!], at })])
  await elsewhere.handle(minutesLater(15))
  for (const room of [before, meanwhile, elsewhere]) {
    expect(await room.receipts()).toEqual([
      ['wait_for_reply', 'done', 'replied'],
      ['mute', 'skipped', 'replied'],
    ])
  }
})

test('an action to the contact asks again when its time has come', async () => {
  const answered = await open()
  await answered.rule([
    { action: 'wait', minutes: 10 },
    { action: 'send_message', content: 'Automatic' },
  ])
  await answered.live([mail()])
  await answered.handle()
  await personWrites(answered, (await answered.only()).id)
  await answered.handle(minutesLater(10))
  expect((await answered.receipts())[1]).toEqual(['send_message', 'skipped', 'answered_by_person'])

  const late = await open()
  await late.rule([
    { action: 'wait', minutes: 3 * 24 * 60 },
    { action: 'send_message', content: 'In time' },
    { action: 'wait', minutes: 10 },
    { action: 'send_message', content: 'Too late' },
  ])
  await late.live([mail()])
  await late.handle()
  // A wait of three days is no delay; being a day late after the second one is.
  await late.handle(minutesLater(3 * 24 * 60))
  await late.handle(minutesLater(5 * 24 * 60))
  expect(await late.sent()).toEqual(['In time'])
  expect((await late.receipts())[3]).toEqual(['send_message', 'skipped', 'stale'])
})

test('a conversation that was resolved meanwhile wants no more of an earlier rule', async () => {
  const room = await open()
  await room.rule([{ action: 'wait', minutes: 5 }, { action: 'mute' }])
  await room.rule(
    [
      { action: 'wait', minutes: 5 },
      { action: 'add_label', labels: ['survey'] },
    ],
    {
      event: 'conversation_resolved',
    },
  )
  await room.live([mail()])
  await room.handle()
  const { id } = await room.only()
  await changeConversation(database.db, room.accountId, id, { status: 'resolved' })
  await room.handle()
  await room.handle(minutesLater(6))
  expect(await room.only()).toMatchObject({ muted: false, labels: ['survey'] })
  expect((await room.receipts())[1]).toEqual(['mute', 'skipped', 'resolved_meanwhile'])
})

test('a snoozed conversation opens at its time, which is an event for rules', async () => {
  const room = await open()
  await room.rule([{ action: 'snooze', minutes: 30 }])
  await room.rule([{ action: 'add_label', labels: ['back'] }], { event: 'conversation_opened' })
  await room.live([mail()])
  expect((await room.handle()).dueAt).toEqual(minutesLater(30))
  expect((await room.only()).status).toBe('snoozed')
  expect(await room.handle(minutesLater(30))).toMatchObject({ dueAt: null })
  expect(await room.only()).toMatchObject({ status: 'open', snoozed_until: null, labels: ['back'] })
})

test('a condition on what changed sees the change of a person', async () => {
  const room = await open()
  await room.rule([{ action: 'add_label', labels: ['raised'] }], {
    event: 'conversation_updated',
    conditions: { attribute: 'priority', operator: 'changed', values: ['urgent'] },
  })
  await room.live([mail()])
  const { id } = await room.only()
  const change = (priority: 'low' | 'urgent') =>
    changeConversation(database.db, room.accountId, id, { priority })
  await change('low')
  await room.handle()
  expect((await room.only()).labels).toEqual([])
  await change('urgent')
  await room.handle()
  expect((await room.only()).labels).toEqual(['raised'])
})

test('an action outside is handed over once it is its turn, and the run goes on when it has ended', async () => {
  const room = await open()
  await room.rule([
    { action: 'send_webhook', webhook_id: 999 },
    { action: 'add_label', labels: ['told'] },
  ])
  await room.live([mail()])
  const { steps } = await room.handle()
  expect(steps).toMatchObject([{ step: 0 }])
  expect((await room.handle()).steps).toEqual(steps)
  expect((await room.only()).labels).toEqual([])
  const end = { ...steps[0]!, accountId: room.accountId, now, reason: null }
  expect(await settleStep(database.db, { ...end, outcome: 'done' })).toBe(true)
  expect(await settleStep(database.db, { ...end, outcome: 'failed' })).toBe(false)
  expect(await room.handle()).toMatchObject({ steps: [], dueAt: null })
  expect((await room.only()).labels).toEqual(['told'])
  expect((await room.receipts())[0]).toEqual(['send_webhook', 'done', null])
})

test('two robots that answer each other are stopped, and people are asked', async () => {
  const room = await open()
  await room.rule([{ action: 'send_message', content: 'I am a robot' }], {
    event: 'message_created',
    conditions: { attribute: 'message_type', operator: 'equal_to', values: ['incoming'] },
  })
  await room.live([mail()])
  for (let at = 0; at < FLOOD.runs + 3; at++) {
    await room.handle()
    await room.reply(now)
  }
  expect(await room.sent()).toHaveLength(FLOOD.runs)
  expect((await room.receipts()).at(-1)).toEqual(['send_message', 'skipped', 'flood'])
  expect((await room.only()).attention_reason).toBe('flood')
  await room.reply(minutesLater(FLOOD.minutes + 1))
  await room.handle(minutesLater(FLOOD.minutes + 1))
  expect((await room.receipts()).at(-1)).toEqual(['send_message', 'done', null])
})

test('a snoozed conversation that a person opens again has no time to wake any more', async () => {
  const room = await open()
  await room.rule([{ action: 'snooze', minutes: 30 }])
  await room.live([mail()])
  await room.handle()
  const { id } = await room.only()
  await changeConversation(database.db, room.accountId, id, { status: 'open' })
  expect(await room.only()).toMatchObject({ status: 'open', snoozed_until: null })
  expect((await room.handle()).dueAt).toBeNull()
  // Nor does one that was opened when the time still stayed behind.
  const values = { snoozed_until: minutesLater(30) }
  await database.db.updateTable('conversations').set(values).where('id', '=', id).execute()
  expect((await room.handle(minutesLater(31))).dueAt).toBeNull()
})
