// What makes no sense in a rule, by the path of the part that does not: `conditions.all.1`.

import { type ConditionTest, OPERATORS, type Operator, type RuleEvent } from './automation.ts'
import { checkForm, type FormProblem } from './forms.ts'
import { ACTION_FORMS, type ActionName } from './rule-actions.ts'
import { EVENTS_WITHOUT_MESSAGE, OPERATORS_OF, type RuleAttribute } from './rule-attributes.ts'

/** Groups in groups in groups are nobody's rule any more. */
const DEEPEST = 5
const MOST_TESTS = 50
const MOST_VALUES = 1000
const MOST_ACTIONS = 20

const WITHOUT_VALUES: readonly Operator[] = ['is_present', 'is_not_present']
const ONE_VALUE: readonly Operator[] = ['is_greater_than', 'is_less_than', 'days_before']

/** Every problem of the conditions, whatever was sent as such. */
export function checkConditions(
  conditions: unknown,
  event: RuleEvent,
  attributes: readonly RuleAttribute[],
): FormProblem[] {
  const problems: FormProblem[] = []
  let tests = 0
  visit(conditions, 'conditions', 1)
  if (tests > MOST_TESTS) refuse('conditions', 'too_many_conditions')
  return problems

  function refuse(field: string, reason: string): void {
    problems.push({ field, reason })
  }

  function visit(condition: unknown, path: string, depth: number): void {
    if (typeof condition !== 'object' || condition === null) {
      refuse(path, 'not_a_condition')
      return
    }
    const group = Object.keys(condition).length === 1 ? groupOf(condition) : undefined
    if (group === undefined) {
      tests += 1
      const reason = faultOf(condition as Partial<ConditionTest>, event, attributes)
      if (reason !== undefined) refuse(path, reason)
    } else if (depth > DEEPEST) refuse(path, 'nested_too_deeply')
    else {
      const [word, parts] = group
      for (const [at, part] of parts.entries()) visit(part, `${path}.${word}.${at}`, depth + 1)
      if (word === 'all') findContradictions(parts, path)
    }
  }

  /** Two tests of a group of which never both can hold: the later one is named. */
  function findContradictions(parts: readonly unknown[], path: string): void {
    const seen: ConditionTest[] = []
    for (const [at, part] of parts.entries()) {
      const test = part as ConditionTest
      if (!Array.isArray(test?.values)) continue
      if (seen.some((other) => contradict(other, test))) {
        refuse(`${path}.all.${at}`, 'never_together')
      }
      seen.push(test)
    }
  }

  function contradict(a: ConditionTest, b: ConditionTest): boolean {
    if (a.attribute !== b.attribute) return false
    const operators = [a.operator, b.operator].sort().join()
    if (operators === 'is_not_present,is_present') return true
    const isList = attributes.find(({ name }) => name === a.attribute)?.kind === 'list'
    if (operators !== 'equal_to,equal_to' || isList) return false
    return !a.values.some((value) => b.values.map(String).includes(String(value)))
  }
}

function groupOf(condition: object): ['all' | 'any', unknown[]] | undefined {
  for (const word of ['all', 'any'] as const) {
    const parts = (condition as Record<string, unknown>)[word]
    if (Array.isArray(parts)) return [word, parts]
  }
  return undefined
}

function faultOf(
  { attribute, operator, values }: Partial<ConditionTest>,
  event: RuleEvent,
  attributes: readonly RuleAttribute[],
): string | undefined {
  const known = attributes.find(({ name }) => name === attribute)
  if (!known) return 'unknown_condition_attribute'
  if (known.ofMessage && EVENTS_WITHOUT_MESSAGE.includes(event)) return 'event_has_no_message'
  if (operator === undefined || !OPERATORS.includes(operator)) return 'unknown_operator'
  if (!OPERATORS_OF[known.kind].includes(operator)) return 'operator_does_not_fit'
  if (operator === 'changed' && event !== 'conversation_updated') return 'event_changes_nothing'
  if (!Array.isArray(values) || values.length > MOST_VALUES) return 'not_a_condition'
  if (WITHOUT_VALUES.includes(operator)) return values.length > 0 ? 'takes_no_values' : undefined
  if (ONE_VALUE.includes(operator) && values.length !== 1) return 'takes_one_value'
  // The default rules begin with an empty list of inboxes, which matches none.
  const mayBeEmpty = operator === 'changed' || attribute === 'inbox_id'
  if (values.length === 0 && !mayBeEmpty) return 'needs_values'
  return values.every((value) => valueFits(known, operator, value))
    ? undefined
    : 'value_does_not_fit'
}

function valueFits({ kind, options }: RuleAttribute, operator: Operator, value: unknown): boolean {
  if (operator === 'days_before') return Number.isFinite(value) && Number(value) >= 0
  switch (kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'reference':
      return Number.isSafeInteger(value)
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    case 'choice':
      return options === undefined || options.includes(value as string)
    default:
      return typeof value === 'string' && value !== '' && value.length <= 1000
  }
}

/** Problems of the actions but of what they refer to, which only the account's rows can tell. */
export function checkActions(
  actions: readonly Record<string, unknown>[],
  event: RuleEvent,
): FormProblem[] {
  if (actions.length === 0) return [{ field: 'actions', reason: 'missing' }]
  if (actions.length > MOST_ACTIONS) return [{ field: 'actions', reason: 'too_many_actions' }]
  return actions.flatMap(({ action, ...values }, at) => {
    const path = `actions.${at}`
    if (!isAction(action)) return [{ field: path, reason: 'unknown_action' }]
    if (action === 'deliver_to_claudia' && EVENTS_WITHOUT_MESSAGE.includes(event)) {
      return [{ field: path, reason: 'event_has_no_message' }]
    }
    if (action === 'run_workflow') {
      const { parameters: _, ...rest } = values
      return checkForm(ACTION_FORMS[action], rest, path)
    }
    return checkForm(ACTION_FORMS[action], values, path)
  })
}

const isAction = (name: unknown): name is ActionName =>
  typeof name === 'string' && Object.hasOwn(ACTION_FORMS, name)
