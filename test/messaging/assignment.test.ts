// Whose turn it is, and who takes over from somebody who leaves.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeAgent } from '../../db/agents.ts'
import type { Database } from '../../db/client.ts'
import { setTeamMembers } from '../../db/teams.ts'
import { addMembers, insertUser, removeMember } from '../../db/users.ts'
import { handleConversation } from '../../messaging/handle-conversation.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { mail, now } from './mailroom.ts'
import { openRuleRoom } from './rule-room.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const open = () => openRuleRoom(database.db)

/** Works in the room's inbox. */
async function newAgent(
  { accountId, inboxId }: Awaited<ReturnType<typeof open>>,
  name: string,
): Promise<number> {
  const user = { accountId, name, email: `${name}@shop.test`, role: 'agent' as const }
  const { id } = await insertUser(database.db, user)
  await addMembers(database.db, accountId, inboxId, [id], { byPerson: true })
  return id
}

interface Leaving {
  accountId: number
  inboxId: number
  agentId: number
}

test.each([
  ['the account', (db: Database, from: Leaving) => removeAgent(db, from.accountId, from.agentId)],
  [
    'the inbox',
    (db: Database, { accountId, inboxId, agentId }: Leaving) =>
      removeMember(db, accountId, inboxId, agentId),
  ],
])('a rule gives what an agent who leaves %s had to do to the next in turn', async (_, leave) => {
  const { db } = database
  const room = await open()
  const [leaving, staying] = [await newAgent(room, 'leaving'), await newAgent(room, 'staying')]
  await room.rule([{ action: 'assign_agent', agent_id: leaving }])
  await room.rule([{ action: 'assign_in_turn' }], {
    event: 'conversation_updated',
    conditions: {
      all: [
        { attribute: 'assignee_id', operator: 'changed', values: [] },
        { attribute: 'assignee_id', operator: 'is_not_present', values: [] },
      ],
    },
  })
  await room.live([mail()])
  await room.handle()
  expect((await room.only()).assignee_id).toBe(leaving)
  await leave(db, { accountId: room.accountId, inboxId: room.inboxId, agentId: leaving })
  await room.handle()
  expect((await room.only()).assignee_id).toBe(staying)
})

test('in turn goes to who is there and has the least to do, within the team when one is named', async () => {
  const { db } = database
  const room = await open()
  const [ana, bia, away] = [
    await newAgent(room, 'ana'),
    await newAgent(room, 'bia'),
    await newAgent(room, 'away'),
  ]
  await db.updateTable('users').set({ availability: 'offline' }).where('id', '=', away).execute()
  await room.rule([{ action: 'assign_in_turn' }])
  await room.live(['a', 'b', 'c', 'd'].map((name) => mail({ from: `${name}@example.test` })))

  for (const { id } of await room.conversations()) {
    await handleConversation(db, { accountId: room.accountId, conversationId: id, now })
  }
  const assignees = (await room.conversations()).map(({ assignee_id }) => assignee_id)
  expect(assignees.toSorted()).toEqual([ana, ana, bia, bia])

  const { id: team_id } = await db
    .insertInto('teams')
    .values({ account_id: room.accountId, name: 'Night' })
    .returning('id')
    .executeTakeFirstOrThrow()
  await setTeamMembers(db, room.accountId, team_id, [away])
  const night = await open()
  await night.rule([{ action: 'assign_in_turn', team_id }])
  await night.live([mail()])
  await night.handle()
  expect(await night.receipts()).toEqual([['assign_in_turn', 'skipped', 'nobody_available']])
})
