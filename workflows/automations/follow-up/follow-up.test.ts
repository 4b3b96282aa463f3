import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AutomationKit, startAutomationKit } from '../../../test/support/automation-kit.ts'
import { definition } from './definition.ts'

let kit: AutomationKit
beforeAll(async () => {
  kit = await startAutomationKit()
})
afterAll(() => kit?.stop())

const aDay = { minutes: 24 * 60, businessHours: true, message: { text: 'message' } }

test('a contact who stays silent for a day is asked once more', async () => {
  await kit.run(definition.name, aDay, async (run) => {
    await run.passes(23 * 60)
    expect(run.actions).toEqual([])
    expect(await run.ended()).toBe('done')
    expect(run.actions).toEqual([{ action: 'send_message', content: { text: 'message' } }])
    expect(run.waits).toEqual([{ minutes: 24 * 60, businessHours: true }])
  })
})

test('a reply ends it, and what an agent writes is no reply', async () => {
  await kit.run(definition.name, aDay, async (run) => {
    await run.passes(60)
    await run.writes('agent')
    await run.passes(60)
    await run.writes('contact')
    expect(await run.ended()).toBe('done')
    expect(run.actions).toEqual([])
  })
})
