// A rule while it is edited: one group of tests, and actions in their order.
import type { Rule, Vocabulary } from '../api/shapes.ts'

export interface Test {
  attribute: string
  operator: Vocabulary['attributes'][number]['operators'][number]
  values: (string | number | boolean)[]
}

export interface RuleDraft {
  name: string
  event: Rule['event']
  /** Whether every test has to hold, or one of them. */
  group: 'all' | 'any'
  tests: Test[]
  actions: Record<string, unknown>[]
  active: boolean
  once_per_conversation: boolean
}

export const EMPTY_RULE: RuleDraft = {
  name: '',
  event: 'conversation_created',
  group: 'all',
  tests: [],
  actions: [],
  active: true,
  once_per_conversation: false,
}

/** Undefined for groups within groups, which this form does not show. */
export function draftOf(rule: Rule): RuleDraft | undefined {
  const { name, event, conditions, actions, active, once_per_conversation } = rule
  const found = groupIn(conditions)
  return found && { name, event, ...found, actions, active, once_per_conversation }
}

export function bodyOf({ group, tests, ...rest }: RuleDraft) {
  return { ...rest, conditions: { [group]: tests } }
}

/** Operators that compare with nothing. */
export const WITHOUT_VALUE = ['is_present', 'is_not_present', 'changed']

function groupIn(conditions: unknown): Pick<RuleDraft, 'group' | 'tests'> | undefined {
  const value = conditions as { all?: unknown[]; any?: unknown[]; attribute?: string }
  if (value.attribute !== undefined) return { group: 'all', tests: [value as Test] }
  const group = value.any === undefined ? 'all' : 'any'
  const tests = value[group] ?? []
  const flat = tests.every((one) => typeof (one as Test).attribute === 'string')
  return flat ? { group, tests: tests as Test[] } : undefined
}
