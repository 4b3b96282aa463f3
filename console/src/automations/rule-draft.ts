// A rule while it is edited: groups of tests, which may hold groups, and actions in their order.
import type { Rule, Vocabulary } from '../api/shapes.ts'

export interface Test {
  attribute: string
  operator: Vocabulary['attributes'][number]['operators'][number]
  values: (string | number | boolean)[]
}

/** Whether every part has to hold, or one of them. */
export interface Group {
  together: 'all' | 'any'
  parts: (Test | Group)[]
}

export interface RuleDraft {
  name: string
  event: Rule['event']
  conditions: Group
  actions: Record<string, unknown>[]
  active: boolean
  once_per_conversation: boolean
}

export const EMPTY_GROUP: Group = { together: 'all', parts: [] }
export const EMPTY_RULE: RuleDraft = {
  name: '',
  event: 'conversation_created',
  conditions: EMPTY_GROUP,
  actions: [],
  active: true,
  once_per_conversation: false,
}

export function draftOf(rule: Rule): RuleDraft {
  const { name, event, conditions, actions, active, once_per_conversation } = rule
  const read = partOf(conditions as Condition)
  const group = isGroup(read) ? read : { together: 'all' as const, parts: [read] }
  return { name, event, conditions: group, actions, active, once_per_conversation }
}

export function bodyOf({ conditions, ...rest }: RuleDraft) {
  return { ...rest, conditions: conditionOf(conditions) as unknown as Record<string, unknown> }
}

export const isGroup = (part: Test | Group): part is Group => 'parts' in part

/** Operators that compare with nothing. */
export const WITHOUT_VALUE = ['is_present', 'is_not_present', 'changed']

/** As the API has it. */
type Condition = Test | { all: Condition[] } | { any: Condition[] }

function partOf(condition: Condition): Test | Group {
  if ('all' in condition) return { together: 'all', parts: condition.all.map(partOf) }
  if ('any' in condition) return { together: 'any', parts: condition.any.map(partOf) }
  return condition
}

function conditionOf(part: Test | Group): Condition {
  if (!isGroup(part)) return part
  const parts = part.parts.map(conditionOf)
  return part.together === 'all' ? { all: parts } : { any: parts }
}
