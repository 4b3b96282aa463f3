import { expect, test } from 'vitest'
import { mayRunRules, maySpeak, type SpeakingFacts } from '../../domain/speaking.ts'

const now = new Date('2026-03-10T12:00:00Z')
const speak = (facts: Partial<SpeakingFacts>) =>
  maySpeak({
    claudia: 'on',
    triggerAt: now,
    now,
    maxAgeSeconds: 86_400,
    answeredByPerson: false,
    ...facts,
  })

test('imported and late messages never run a rule, held or not', () => {
  for (const held of [true, false]) {
    for (const origin of ['history', 'late'] as const) {
      expect(mayRunRules({ origin, automatic: false, held })).toEqual({
        act: 'never',
        reason: origin,
      })
    }
  }
})

test('a live message waits while the inbox is held and runs afterwards', () => {
  expect(mayRunRules({ origin: 'live', automatic: false, held: true })).toEqual({ act: 'wait' })
  expect(mayRunRules({ origin: 'live', automatic: false, held: false })).toEqual({ act: 'now' })
})

test('automatic mail triggers nothing', () => {
  expect(mayRunRules({ origin: 'live', automatic: true, held: false })).toEqual({
    act: 'never',
    reason: 'automatic_mail',
  })
})

test('ClaudIA is not asked about a message older than the limit', () => {
  const triggerAt = new Date(now.getTime() - 86_400_001)
  expect(speak({ triggerAt })).toEqual({ act: 'never', reason: 'stale' })
  expect(speak({ triggerAt: new Date(now.getTime() - 86_400_000) })).toEqual({ act: 'now' })
})

test('ClaudIA does not speak after a person has answered', () => {
  expect(speak({ answeredByPerson: true })).toEqual({ act: 'never', reason: 'answered_by_person' })
})

test('switched off is a decision, held is only a delay', () => {
  expect(speak({ claudia: 'off' })).toEqual({ act: 'never', reason: 'claudia_off' })
  expect(speak({ claudia: 'held' })).toEqual({ act: 'wait' })
})
