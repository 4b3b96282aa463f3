// Automation rules: their shape and their evaluation. Pure; running the actions lives elsewhere.

export type RuleEvent =
  | 'conversation_created'
  | 'conversation_updated'
  | 'conversation_opened'
  | 'conversation_resolved'
  | 'message_created'

export type Operator =
  | 'equal_to'
  | 'not_equal_to'
  | 'contains'
  | 'does_not_contain'
  | 'is_present'
  | 'is_not_present'
  | 'is_greater_than'
  | 'is_less_than'

/** One test, or a group of them. Groups nest. */
export type Condition =
  | { attribute: string; operator: Operator; values: ConditionValue[] }
  | { all: Condition[] }
  | { any: Condition[] }
export type ConditionValue = string | number | boolean

export type RuleAction =
  | { action: 'assign_claudia' }
  | { action: 'assign_agent'; agent_id: number }
  | { action: 'assign_team'; team_id: number }
  | { action: 'add_label'; labels: string[] }
  | { action: 'remove_label'; labels: string[] }
  | { action: 'change_status'; status: 'open' | 'pending' | 'resolved' }
  | { action: 'set_priority'; priority: 'low' | 'medium' | 'high' | 'urgent' | null }
  | { action: 'deliver_to_claudia' }

export interface Rule {
  id: number
  key: string | null
  event: RuleEvent
  conditions: Condition
  actions: RuleAction[]
}

/** What a rule can see of an event: flat attribute names, such as `inbox_id` or `message_type`. */
export type EventAttributes = Record<string, ConditionValue | null | undefined | string[]>

/** Why a rule matched or did not: each tested condition with the value it met. */
export interface Explanation {
  matched: boolean
  tests: {
    attribute: string
    operator: Operator
    expected: ConditionValue[]
    actual: unknown
    matched: boolean
  }[]
}

/** Evaluates all conditions (no short circuit), so that the record explains the whole rule. */
export function evaluateRule(rule: Rule, attributes: EventAttributes): Explanation {
  const tests: Explanation['tests'] = []
  const matched = evaluate(rule.conditions, attributes, tests)
  return { matched, tests }
}

function evaluate(
  condition: Condition,
  attributes: EventAttributes,
  tests: Explanation['tests'],
): boolean {
  if ('all' in condition) {
    return condition.all.map((part) => evaluate(part, attributes, tests)).every(Boolean)
  }
  if ('any' in condition) {
    return condition.any.map((part) => evaluate(part, attributes, tests)).some(Boolean)
  }
  const actual = attributes[condition.attribute] ?? null
  const matched = test(condition.operator, actual, condition.values)
  tests.push({
    attribute: condition.attribute,
    operator: condition.operator,
    expected: condition.values,
    actual,
    matched,
  })
  return matched
}

function test(operator: Operator, actual: unknown, values: ConditionValue[]): boolean {
  const list = Array.isArray(actual) ? actual : [actual]
  const text = list.map((item) => String(item ?? '').toLowerCase())
  const wanted = values.map((value) => String(value).toLowerCase())
  switch (operator) {
    case 'equal_to':
      return text.some((item) => wanted.includes(item))
    case 'not_equal_to':
      return !text.some((item) => wanted.includes(item))
    case 'contains':
      return text.some((item) => wanted.some((value) => item.includes(value)))
    case 'does_not_contain':
      return !text.some((item) => wanted.some((value) => item.includes(value)))
    case 'is_present':
      return list.some((item) => item !== null && item !== '')
    case 'is_not_present':
      return !list.some((item) => item !== null && item !== '')
    case 'is_greater_than':
      return values.some((value) => Number(actual) > Number(value))
    case 'is_less_than':
      return values.some((value) => Number(actual) < Number(value))
  }
}

/**
 * Whether a condition could hold, given only some of the attributes. False is certain: what is known
 * contradicts it.
 */
export function mayHold(condition: Condition, known: EventAttributes): boolean {
  if ('all' in condition) return condition.all.every((part) => mayHold(part, known))
  if ('any' in condition) return condition.any.some((part) => mayHold(part, known))
  const { attribute, operator, values } = condition
  return !(attribute in known) || test(operator, known[attribute], values)
}

/** The two rules every account has, found by key. Their inbox list is an ordinary condition. */
export const DEFAULT_RULES: readonly {
  key: string
  name: string
  event: RuleEvent
  conditions: (inboxIds: number[]) => Condition
  actions: RuleAction[]
}[] = [
  {
    key: 'assign_to_claudia',
    name: 'Assign to ClaudIA',
    event: 'conversation_created',
    conditions: (inboxIds) => ({ all: [inboxList(inboxIds)] }),
    actions: [{ action: 'assign_claudia' }],
  },
  {
    key: 'message_created',
    name: 'Deliver messages to ClaudIA',
    event: 'message_created',
    conditions: (inboxIds) => ({
      all: [
        { attribute: 'message_type', operator: 'equal_to', values: ['incoming'] },
        inboxList(inboxIds),
        { attribute: 'assignee', operator: 'equal_to', values: ['claudia'] },
      ],
    }),
    actions: [{ action: 'deliver_to_claudia' }],
  },
]

function inboxList(inboxIds: number[]): Condition {
  return { attribute: 'inbox_id', operator: 'equal_to', values: inboxIds }
}

/** The same condition with `inboxId` in its inbox list; unchanged when already there. */
export function withInbox(condition: Condition, inboxId: number): Condition {
  if ('all' in condition) return { all: condition.all.map((part) => withInbox(part, inboxId)) }
  if ('any' in condition) return { any: condition.any.map((part) => withInbox(part, inboxId)) }
  if (condition.attribute !== 'inbox_id' || condition.operator !== 'equal_to') return condition
  if (condition.values.includes(inboxId)) return condition
  return { ...condition, values: [...condition.values, inboxId] }
}
