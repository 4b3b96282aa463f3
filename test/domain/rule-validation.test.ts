import { expect, test } from 'vitest'
import type { RuleEvent } from '../../domain/automation.ts'
import { DEFAULT_RULES } from '../../domain/default-rules.ts'
import { CHANNEL_TYPES } from '../../domain/inbox.ts'
import { customAttribute, STANDARD_ATTRIBUTES } from '../../domain/rule-attributes.ts'
import { checkActions, checkConditions } from '../../domain/rule-validation.ts'

const attributes = [
  ...STANDARD_ATTRIBUTES,
  customAttribute({ target: 'contact', key: 'orders', type: 'number', options: [] }),
]
const check = (conditions: unknown, event: RuleEvent = 'message_created') =>
  checkConditions(conditions, event, attributes)
const one = (attribute: string, operator: string, values: unknown = []) => ({
  attribute,
  operator,
  values,
})

test.each(DEFAULT_RULES.map((rule) => [rule.key, rule] as const))(
  'the default rule %s makes sense, with inboxes and without',
  (_, rule) => {
    for (const inboxes of [[], [1, 2]])
      expect(check(rule.conditions(inboxes), rule.event)).toEqual([])
    expect(checkActions(rule.actions, rule.event)).toEqual([])
  },
)

test('a condition may ask for the channel of any inbox by the name that inboxes have', () => {
  expect(check(one('channel', 'equal_to', [...CHANNEL_TYPES]))).toEqual([])
})

test.each([
  [one('colour', 'equal_to', ['red']), 'unknown_condition_attribute'],
  [one('status', 'resembles', ['open']), 'unknown_operator'],
  [one('status', 'contains', ['op']), 'operator_does_not_fit'],
  [one('contact.custom.orders', 'is_greater_than', ['many']), 'value_does_not_fit'],
  [one('contact.custom.orders', 'is_greater_than', [1, 2]), 'takes_one_value'],
  [one('status', 'equal_to', ['ajar']), 'value_does_not_fit'],
  [one('inbox_id', 'equal_to', ['7']), 'value_does_not_fit'],
  [one('subject', 'contains', []), 'needs_values'],
  [one('subject', 'is_present', ['x']), 'takes_no_values'],
  [one('status', 'changed'), 'event_changes_nothing'],
  [one('created_at', 'days_before', ['soon']), 'value_does_not_fit'],
  ['status = open', 'not_a_condition'],
  [{ all: 'of it' }, 'unknown_condition_attribute'],
])('%j is refused: %s', (condition, reason) => {
  expect(check({ any: [one('subject', 'is_present'), condition] })).toEqual([
    { field: 'conditions.any.1', reason },
  ])
})

test('what no message can tell is not asked of an event without one', () => {
  const condition = one('content', 'contains', ['x'])
  expect(check(condition, 'conversation_resolved')).toEqual([
    { field: 'conditions', reason: 'event_has_no_message' },
  ])
  expect(check(condition, 'conversation_opened')).toEqual([])
  expect(check(one('status', 'changed', ['open']), 'conversation_updated')).toEqual([])
})

test('two conditions that never hold together are told, the later by its place', () => {
  const open = one('status', 'equal_to', ['open'])
  expect(check({ all: [open, one('status', 'equal_to', ['resolved', 'snoozed'])] })).toEqual([
    { field: 'conditions.all.1', reason: 'never_together' },
  ])
  expect(check({ all: [one('subject', 'is_present'), one('subject', 'is_not_present')] })).toEqual([
    { field: 'conditions.all.1', reason: 'never_together' },
  ])
  expect(check({ any: [open, one('status', 'equal_to', ['resolved'])] })).toEqual([])
  // A conversation has several labels.
  const labels = ['a', 'b'].map((label) => one('labels', 'equal_to', [label]))
  expect(check({ all: labels })).toEqual([])
})

test('groups have a depth and a size', () => {
  let nested: unknown = one('subject', 'is_present')
  for (let depth = 0; depth < 6; depth++) nested = { all: [nested] }
  expect(check(nested)).toMatchObject([{ reason: 'nested_too_deeply' }])
  const many = Array.from({ length: 51 }, () => one('subject', 'is_present'))
  expect(check({ any: many })).toMatchObject([{ reason: 'too_many_conditions' }])
})

test.each([
  [{ action: 'explode' }, 'actions.0', 'unknown_action'],
  [{ action: 'toString' }, 'actions.0', 'unknown_action'],
  [{ action: 'assign_agent' }, 'actions.0.agent_id', 'missing'],
  [{ action: 'assign_agent', agent_id: 'Ana' }, 'actions.0.agent_id', 'not_a_reference'],
  [{ action: 'add_label', labels: [] }, 'actions.0.labels', 'not_a_labels'],
  [{ action: 'change_status', status: 'snoozed' }, 'actions.0.status', 'not_a_choice'],
  [{ action: 'wait', minutes: 0 }, 'actions.0.minutes', 'not_a_minutes'],
  [{ action: 'wait', minutes: 200 * 24 * 60 }, 'actions.0.minutes', 'not_a_minutes'],
  [{ action: 'send_message', content: ' ' }, 'actions.0.content', 'not_a_text'],
  [{ action: 'mute', loudly: true }, 'actions.0.loudly', 'unknown_field'],
])('%j is refused', (action, field, reason) => {
  expect(checkActions([action], 'message_created')).toEqual([{ field, reason }])
})

test('a rule does something, and not too much', () => {
  expect(checkActions([], 'message_created')).toMatchObject([{ reason: 'missing' }])
  const many = Array.from({ length: 21 }, () => ({ action: 'mute' }))
  expect(checkActions(many, 'message_created')).toMatchObject([{ reason: 'too_many_actions' }])
  expect(checkActions([{ action: 'deliver_to_claudia' }], 'conversation_updated')).toMatchObject([
    { reason: 'event_has_no_message' },
  ])
})
