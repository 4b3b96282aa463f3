// Automation rules: their shape and their evaluation. Pure; running the actions lives elsewhere.

import type { RuleAction } from './rule-actions.ts'

export const RULE_EVENTS = [
  'conversation_created',
  'conversation_updated',
  'conversation_opened',
  'conversation_resolved',
  'message_created',
] as const
export type RuleEvent = (typeof RULE_EVENTS)[number]

export const OPERATORS = [
  'equal_to',
  'not_equal_to',
  'contains',
  'does_not_contain',
  'is_present',
  'is_not_present',
  'is_greater_than',
  'is_less_than',
  'days_before',
  'changed',
] as const
export type Operator = (typeof OPERATORS)[number]

/** One test, or a group of them. Groups nest. */
export type Condition = ConditionTest | { all: Condition[] } | { any: Condition[] }
export interface ConditionTest {
  attribute: string
  operator: Operator
  /** Any of them will do; none for is_present, is_not_present, and for any `changed`. */
  values: ConditionValue[]
}
export type ConditionValue = string | number | boolean

export interface Rule {
  event: RuleEvent
  conditions: Condition
  actions: RuleAction[]
}

/** What a rule can see of an event: flat attribute names, such as `inbox_id` or `contact.email`. */
export type EventAttributes = Record<string, ConditionValue | Date | null | undefined | string[]>

/** What the event changed: before and after, by attribute. */
export type Changes = Record<string, [before: unknown, after: unknown]>

/** What is known when a rule is judged. */
export interface Evidence {
  attributes: EventAttributes
  changes: Changes
  now: Date
}

/** Why a rule matched or did not: each tested condition with the value it met. */
export interface Explanation {
  matched: boolean
  tests: (Omit<ConditionTest, 'values'> & {
    expected: ConditionValue[]
    actual: unknown
    matched: boolean
  })[]
}

/** Evaluates all conditions (no short circuit), so that the record explains the whole rule. */
export function evaluateRule(rule: Pick<Rule, 'conditions'>, evidence: Evidence): Explanation {
  const tests: Explanation['tests'] = []
  const matched = evaluate(rule.conditions, evidence, tests)
  return { matched, tests }
}

function evaluate(condition: Condition, evidence: Evidence, tests: Explanation['tests']): boolean {
  if ('all' in condition) {
    return condition.all.map((part) => evaluate(part, evidence, tests)).every(Boolean)
  }
  if ('any' in condition) {
    return condition.any.map((part) => evaluate(part, evidence, tests)).some(Boolean)
  }
  const { attribute, operator, values } = condition
  const actual = evidence.attributes[attribute] ?? null
  const matched =
    operator === 'changed'
      ? changed(evidence.changes[attribute], values)
      : test(operator, actual, values, evidence.now)
  tests.push({ attribute, operator, expected: values, actual, matched })
  return matched
}

/** To one of the values, or to anything. */
function changed(change: Changes[string] | undefined, values: ConditionValue[]): boolean {
  if (!change) return false
  return values.length === 0 || textsOf(change[1]).some((text) => lower(values).includes(text))
}

const DAY_MS = 24 * 3_600_000

function test(
  operator: Exclude<Operator, 'changed'>,
  actual: unknown,
  values: ConditionValue[],
  now: Date,
): boolean {
  const texts = textsOf(actual)
  const wanted = lower(values)
  switch (operator) {
    case 'equal_to':
      return texts.some((text) => wanted.includes(text))
    case 'not_equal_to':
      return !texts.some((text) => wanted.includes(text))
    case 'contains':
      return texts.some((text) => wanted.some((value) => text.includes(value)))
    case 'does_not_contain':
      return !texts.some((text) => wanted.some((value) => text.includes(value)))
    case 'is_present':
      return texts.some((text) => text !== '')
    case 'is_not_present':
      return !texts.some((text) => text !== '')
    case 'is_greater_than':
      return orderOf(actual) > orderOf(values[0])
    case 'is_less_than':
      return orderOf(actual) < orderOf(values[0])
    case 'days_before':
      // Absent compares as NaN, which is before nothing.
      return now.getTime() - orderOf(actual) > Number(values[0]) * DAY_MS
  }
}

/**
 * Whether a condition could hold, given only some of the attributes, none of them a date. False is
 * certain: what is known contradicts it.
 */
export function mayHold(condition: Condition, known: EventAttributes): boolean {
  if ('all' in condition) return condition.all.every((part) => mayHold(part, known))
  if ('any' in condition) return condition.any.some((part) => mayHold(part, known))
  const { attribute, operator, values } = condition
  if (!(attribute in known) || operator === 'changed') return true
  return test(operator, known[attribute], values, new Date(0))
}

/** An empty list is as absent as nothing. */
function textsOf(actual: unknown): string[] {
  const list = Array.isArray(actual) && actual.length > 0 ? actual : [actual]
  return list.map((item) =>
    (item instanceof Date ? item.toISOString() : String(item ?? '')).toLowerCase(),
  )
}

const lower = (values: readonly unknown[]) => values.map((value) => String(value).toLowerCase())

/** Numbers as they are, dates as milliseconds, so that either can be compared. */
function orderOf(value: unknown): number {
  if (value instanceof Date) return value.getTime()
  if (value === null || value === undefined || value === '' || Array.isArray(value))
    return Number.NaN
  const number = Number(value)
  return Number.isNaN(number) ? Date.parse(String(value)) : number
}
