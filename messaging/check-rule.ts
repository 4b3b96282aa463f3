// Everything that makes no sense in a rule, also what only the account's rows can tell.

import type { Database } from '../db/client.ts'
import { listAttributeDefinitions } from '../db/custom-attributes.ts'
import { findInbox } from '../db/inboxes.ts'
import { findWebhook } from '../db/integrations.ts'
import { findTeam } from '../db/teams.ts'
import { findUser } from '../db/users.ts'
import type { Condition, ConditionTest, RuleEvent } from '../domain/automation.ts'
import type { AutomationDefinition } from '../domain/automation-definition.ts'
import { checkForm, type FormProblem, type Reference, referencesIn } from '../domain/forms.ts'
import { ACTION_FORMS, type RuleAction } from '../domain/rule-actions.ts'
import {
  customAttribute,
  type RuleAttribute,
  STANDARD_ATTRIBUTES,
} from '../domain/rule-attributes.ts'
import { checkActions, checkConditions } from '../domain/rule-validation.ts'

export interface UncheckedRule {
  event: RuleEvent
  conditions: unknown
  actions: readonly Record<string, unknown>[]
}

/** Standard attributes and the account's own. */
export async function ruleAttributes(db: Database, accountId: number): Promise<RuleAttribute[]> {
  const own = await listAttributeDefinitions(db, accountId)
  return [...STANDARD_ATTRIBUTES, ...own.map(customAttribute)]
}

/** Empty when it can be saved; then it is a rule. */
export async function checkRule(
  db: Database,
  accountId: number,
  { event, conditions, actions }: UncheckedRule,
  workflows: readonly AutomationDefinition[],
): Promise<FormProblem[]> {
  const attributes = await ruleAttributes(db, accountId)
  const problems = [
    ...checkConditions(conditions, event, attributes),
    ...checkActions(actions, event),
  ]
  if (problems.length > 0) return problems
  const known = actions as readonly RuleAction[]
  const named = [
    ...referencesOfConditions(conditions as Condition, 'conditions', attributes),
    ...known.flatMap((action, at) =>
      referencesIn(ACTION_FORMS[action.action], { ...action }, `actions.${at}`),
    ),
  ]
  for (const [at, action] of known.entries()) {
    if (action.action !== 'run_workflow') continue
    const workflow = workflows.find(({ name }) => name === action.workflow)
    const path = `actions.${at}.parameters`
    if (!workflow) {
      problems.push({ field: `actions.${at}.workflow`, reason: 'workflow_not_found' })
      continue
    }
    const { parameters = {} } = action
    problems.push(...checkForm(workflow.parameters, parameters, path))
    named.push(...referencesIn(workflow.parameters, parameters, path))
  }
  for (const { field, to, id } of named) {
    if (!(await exists(db, accountId, to, id))) problems.push({ field, reason: `${to}_not_here` })
  }
  return problems
}

function referencesOfConditions(
  condition: Condition,
  path: string,
  attributes: readonly RuleAttribute[],
): ReturnType<typeof referencesIn> {
  for (const word of ['all', 'any'] as const) {
    const parts = (condition as Record<string, unknown>)[word] as Condition[] | undefined
    if (parts) {
      return parts.flatMap((part, at) =>
        referencesOfConditions(part, `${path}.${word}.${at}`, attributes),
      )
    }
  }
  const { attribute, values } = condition as ConditionTest
  const to = attributes.find(({ name }) => name === attribute)?.refersTo
  return to ? values.map((id) => ({ field: path, to, id: Number(id) })) : []
}

async function exists(
  db: Database,
  accountId: number,
  to: Reference,
  id: number,
): Promise<boolean> {
  switch (to) {
    case 'agent':
      return (await findUser(db, accountId, id)) !== undefined
    case 'team':
      return (await findTeam(db, accountId, id)) !== undefined
    case 'inbox':
      return (await findInbox(db, accountId, id)) !== undefined
    case 'webhook':
      return (await findWebhook(db, accountId, id)) !== undefined
  }
}
