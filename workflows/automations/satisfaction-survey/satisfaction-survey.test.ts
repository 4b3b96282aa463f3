import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AutomationKit, startAutomationKit } from '../../../test/support/automation-kit.ts'
import { definition } from './definition.ts'

let kit: AutomationKit
beforeAll(async () => {
  kit = await startAutomationKit()
})
afterAll(() => kit?.stop())

const survey = { minutes: 30, question: { text: 'question' }, thanks: { text: 'thanks' } }
const question = { action: 'send_message', content: { text: 'question' } }
const thanks = { action: 'send_message', content: { text: 'thanks' } }

test('the contact is asked after a while, and thanked for a reply', async () => {
  await kit.run(definition.name, survey, async (run) => {
    await run.passes(31)
    expect(run.actions).toEqual([question])
    await run.writes('contact')
    expect(await run.ended()).toBe('done')
    expect(run.actions).toEqual([
      question,
      thanks,
      { action: 'add_label', labels: ['survey-answered'] },
    ])
  })
})

test('a word before the question is no answer to it', async () => {
  await kit.run(definition.name, survey, async (run) => {
    await run.writes('contact')
    expect(await run.ended()).toBe('done')
    expect(run.actions).toEqual([question])
  })
})

test('who does not reply within a week is not thanked', async () => {
  await kit.run(definition.name, survey, async (run) => {
    expect(await run.ended()).toBe('done')
    expect(run.actions).toEqual([question])
  })
})

test('a conversation that was opened again is not asked about', async () => {
  await kit.run(
    definition.name,
    survey,
    async (run) => {
      expect(await run.ended()).toBe('done')
      expect(run.actions).toEqual([])
    },
    { meets: () => false },
  )
})
