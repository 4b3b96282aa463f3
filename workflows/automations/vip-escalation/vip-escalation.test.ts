import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AutomationKit, startAutomationKit } from '../../../test/support/automation-kit.ts'
import { definition } from './definition.ts'

let kit: AutomationKit
beforeAll(async () => {
  kit = await startAutomationKit()
})
afterAll(() => kit?.stop())

const escalation = { team: 3, minutes: 15, mail: { text: 'mail' } }
const toTeam = [
  { action: 'assign_team', team_id: 3 },
  { action: 'set_priority', priority: 'urgent' },
]

test('a team gets what nobody answers, and a mail when it does not answer either', async () => {
  await kit.run(definition.name, escalation, async (run) => {
    await run.passes(16)
    expect(run.actions).toEqual(toTeam)
    expect(await run.ended()).toBe('done')
    const mail = { action: 'email_team', team_id: 3, content: { text: 'mail' } }
    expect(run.actions).toEqual([...toTeam, mail])
  })
})

test('an answer of people ends it at any point', async () => {
  await kit.run(definition.name, escalation, async (run) => {
    await run.writes('agent')
    await run.ended()
    expect(run.actions).toEqual([])
  })
  await kit.run(definition.name, escalation, async (run) => {
    await run.passes(16)
    await run.writes('contact')
    await run.writes('agent')
    await run.ended()
    expect(run.actions).toEqual(toTeam)
  })
})
