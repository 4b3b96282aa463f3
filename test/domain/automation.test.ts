import { expect, test } from 'vitest'
import {
  DEFAULT_RULES,
  evaluateRule,
  mayHold,
  type Rule,
  withInbox,
} from '../../domain/automation.ts'

const rule = (conditions: Rule['conditions']): Rule => ({
  id: 1,
  key: null,
  event: 'message_created',
  conditions,
  actions: [],
})
const deliver = DEFAULT_RULES.find(({ key }) => key === 'message_created')!

test('the delivery rule matches an incoming message that ClaudIA is assigned to', () => {
  const facts = { message_type: 'incoming', inbox_id: 7, assignee: 'claudia' }
  expect(evaluateRule(rule(deliver.conditions([7])), facts).matched).toBe(true)
  expect(evaluateRule(rule(deliver.conditions([8])), facts).matched).toBe(false)
  const assigned = { ...facts, assignee: 'person' }
  expect(evaluateRule(rule(deliver.conditions([7])), assigned).matched).toBe(false)
})

test('a record explains every condition with the value it met', () => {
  const facts = { message_type: 'outgoing', inbox_id: 7, assignee: null }
  const { matched, tests } = evaluateRule(rule(deliver.conditions([7])), facts)
  expect(matched).toBe(false)
  expect(tests.map((one) => [one.attribute, one.actual, one.matched])).toEqual([
    ['message_type', 'outgoing', false],
    ['inbox_id', 7, true],
    ['assignee', null, false],
  ])
})

test('groups nest', () => {
  const conditions: Rule['conditions'] = {
    any: [
      { attribute: 'subject', operator: 'contains', values: ['nota fiscal'] },
      {
        all: [
          { attribute: 'labels', operator: 'equal_to', values: ['vip'] },
          { attribute: 'order_total', operator: 'is_greater_than', values: [100] },
        ],
      },
    ],
  }
  expect(evaluateRule(rule(conditions), { subject: 'A Nota Fiscal' }).matched).toBe(true)
  const vip = { subject: '', labels: ['new', 'vip'] }
  expect(evaluateRule(rule(conditions), { ...vip, order_total: 101 }).matched).toBe(true)
  expect(evaluateRule(rule(conditions), { ...vip, order_total: 100 }).matched).toBe(false)
})

test('an inbox joins a rule once', () => {
  const joined = withInbox(deliver.conditions([1]), 2)
  expect(joined).toEqual(deliver.conditions([1, 2]))
  expect(withInbox(joined, 2)).toEqual(joined)
})

test('what is known of a message tells which rules cannot be about it', () => {
  const known = { message_type: 'outgoing', inbox_id: 7 }
  expect(mayHold(deliver.conditions([7]), known)).toBe(false)
  const byPerson = { attribute: 'assignee', operator: 'equal_to' as const, values: [3] }
  const outgoing = { ...byPerson, attribute: 'message_type', values: ['outgoing'] }
  const elsewhere = { ...byPerson, attribute: 'inbox_id', values: [8] }
  expect(mayHold(byPerson, known)).toBe(true)
  expect(mayHold({ all: [outgoing, byPerson] }, known)).toBe(true)
  expect(mayHold({ all: [outgoing, elsewhere] }, known)).toBe(false)
  expect(mayHold({ any: [elsewhere, byPerson] }, known)).toBe(true)
})
