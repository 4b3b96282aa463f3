// A rule's mail to a team over real SMTP, where a relay does not take every address at once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOutsideActions } from '../../activities/outside-actions.ts'
import { insertTeam, setTeamMembers } from '../../db/teams.ts'
import { insertUser } from '../../db/users.ts'
import type { RuleAction } from '../../domain/rule-actions.ts'
import { type SmtpServer, smtpFaults, startSmtp } from '../../scripts/servers/smtp.ts'
import { mail, now, vault } from '../messaging/mailroom.ts'
import { openRuleRoom } from '../messaging/rule-room.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let relay: SmtpServer
beforeAll(async () => {
  ;[database, relay] = await Promise.all([
    createTestDatabase(),
    startSmtp({ users: { desk: 'secret' } }),
  ])
})
afterAll(() => Promise.all([database?.drop(), relay?.stop()]))

test('who has got the mail does not get it again while it waits for another member', async () => {
  const { db } = database
  const room = await openRuleRoom(db)
  const { accountId } = room
  const members: number[] = []
  for (const name of ['ana', 'bia', 'cy']) {
    const user = { name, email: `${name}@desk.test`, role: 'agent' as const }
    members.push((await insertUser(db, { accountId, ...user })).id)
  }
  const team = (await insertTeam(db, accountId, 'Night'))!
  await setTeamMembers(db, accountId, team.id, members)
  const action: RuleAction = { action: 'email_team', team_id: team.id, content: 'Look at this' }
  await room.rule([action])
  await room.live([mail()])
  const [step] = (await room.handle()).steps
  const { id: conversationId } = await room.only()
  const outside = createOutsideActions({
    db,
    vault,
    policy: { allowHosts: [] },
    clock: () => now,
    systemMailer: {
      url: `smtp://desk:secret@127.0.0.1:${relay.port}?encryption=none`,
      from: 'desk@relay.test',
      publicUrl: 'https://chat.test',
    },
  })
  const send = () => outside({ accountId, conversationId, ...step! }, action, 'rule_1_0')
  relay.fail({ at: 'rcpt', delayMs: 0 }, { times: 1 })
  relay.fail(smtpFaults.greylisted, { times: 1 })
  await expect(send()).rejects.toMatchObject({ type: 'Unavailable' })
  expect(recipients()).toEqual(['ana@desk.test', 'cy@desk.test'])
  expect(await send()).toEqual({ outcome: 'done', reason: null })
  expect(recipients()).toEqual(['ana@desk.test', 'cy@desk.test', 'bia@desk.test'])
})

const recipients = () => relay.received.flatMap(({ to }) => to)
