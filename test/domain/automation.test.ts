import { expect, test } from 'vitest'
import { type Condition, type Evidence, evaluateRule, mayHold } from '../../domain/automation.ts'
import { DEFAULT_RULES, withInbox } from '../../domain/default-rules.ts'

const now = new Date('2026-11-25T12:00:00Z')
const evaluate = (
  conditions: Condition,
  attributes: Evidence['attributes'],
  changes: Evidence['changes'] = {},
) => evaluateRule({ conditions }, { attributes, changes, now })
const deliver = DEFAULT_RULES.find(({ key }) => key === 'message_created')!

test('the delivery rule matches an incoming message that ClaudIA is assigned to', () => {
  const facts = { message_type: 'incoming', inbox_id: 7, assignee: 'claudia' }
  expect(evaluate(deliver.conditions([7]), facts).matched).toBe(true)
  expect(evaluate(deliver.conditions([8]), facts).matched).toBe(false)
  expect(evaluate(deliver.conditions([7]), { ...facts, assignee: null }).matched).toBe(false)
})

test('a record explains every condition with the value it met', () => {
  const facts = { message_type: 'outgoing', inbox_id: 7, assignee: null }
  const { matched, tests } = evaluate(deliver.conditions([7]), facts)
  expect(matched).toBe(false)
  expect(tests.map((one) => [one.attribute, one.actual, one.matched])).toEqual([
    ['message_type', 'outgoing', false],
    ['inbox_id', 7, true],
    ['assignee', null, false],
  ])
})

test('groups nest', () => {
  const conditions: Condition = {
    any: [
      { attribute: 'subject', operator: 'contains', values: ['nota fiscal'] },
      {
        all: [
          { attribute: 'labels', operator: 'equal_to', values: ['vip'] },
          { attribute: 'conversation.custom.total', operator: 'is_greater_than', values: [100] },
        ],
      },
    ],
  }
  expect(evaluate(conditions, { subject: 'A Nota Fiscal' }).matched).toBe(true)
  const vip = { subject: '', labels: ['new', 'vip'] }
  expect(evaluate(conditions, { ...vip, 'conversation.custom.total': 101 }).matched).toBe(true)
  expect(evaluate(conditions, { ...vip, 'conversation.custom.total': 100 }).matched).toBe(false)
})

const eleven = new Date('2026-11-14T11:59:59Z')
test.each([
  ['equal_to', 'Open', ['open', 'pending'], true],
  ['equal_to', [], [''], true],
  ['not_equal_to', 'open', ['open'], false],
  ['not_equal_to', null, ['open'], true],
  ['contains', ['Billing', 'vip'], ['bill'], true],
  ['does_not_contain', 'a text', ['word'], true],
  ['is_present', 0, [], true],
  ['is_present', [], [], false],
  ['is_not_present', '', [], true],
  ['is_greater_than', 5, [4], true],
  ['is_greater_than', null, [-1], false],
  ['is_less_than', '2026-01-01', ['2026-02-01'], true],
  ['is_less_than', null, [1], false],
  ['days_before', eleven, [11], true],
  ['days_before', eleven, [12], false],
  ['days_before', '2026-11-01', [3], true],
  ['days_before', null, [3], false],
] as const)('%s of %j and %j is %j', (operator, actual, values, matched) => {
  const conditions = { attribute: 'a', operator, values: [...values] }
  const attributes = { a: actual as string }
  expect(evaluate(conditions, attributes).matched).toBe(matched)
})

test('changed is true of what the event changed, to one of the values or to anything', () => {
  const changed = (values: string[]): Condition => ({
    attribute: 'status',
    operator: 'changed',
    values,
  })
  const changes: Evidence['changes'] = { status: ['open', 'resolved'] }
  const facts = { status: 'resolved' }
  expect(evaluate(changed([]), facts, changes).matched).toBe(true)
  expect(evaluate(changed(['resolved', 'snoozed']), facts, changes).matched).toBe(true)
  expect(evaluate(changed(['open']), facts, changes).matched).toBe(false)
  expect(evaluate(changed([]), facts, { priority: [null, 'high'] }).matched).toBe(false)
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
