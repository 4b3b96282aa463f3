// Rules, what they may say and what they did, as the API shows them.
import type { AutomationRuleRow } from '../../db/automation-rules.ts'
import type { RuleRunRow } from '../../db/views/operations.ts'
import { OPERATORS, RULE_EVENTS, type RuleEvent } from '../../domain/automation.ts'
import type { AutomationDefinition } from '../../domain/automation-definition.ts'
import type { Field } from '../../domain/forms.ts'
import { ACTION_FORMS, type ActionName } from '../../domain/rule-actions.ts'
import { OPERATORS_OF, type RuleAttribute } from '../../domain/rule-attributes.ts'
import type { Locale } from '../../locales/texts.ts'
import type { DryEvent } from '../../messaging/dry-run.ts'
import { AsText, Id, JsonObject, Nullable, OneOf, type Static, Time, Type } from '../schemas.ts'

const Conditions = Type.Unknown({
  description: 'A test {attribute, operator, values}, or a group {all: [...]} or {any: [...]}',
})
const Actions = Type.Array(JsonObject, {
  maxItems: 20,
  description: 'Each {action, ...its fields}, done in this order; see rule_vocabulary',
})

export const RuleBody = {
  name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
  event: OneOf(RULE_EVENTS),
  conditions: Conditions,
  actions: Actions,
  active: Type.Optional(Type.Boolean()),
  once_per_conversation: Type.Optional(Type.Boolean()),
  position: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 })),
}

export const RuleSchema = Type.Object({
  id: Id,
  key: Nullable(Type.String({ description: 'Of a default rule' })),
  name: Type.String(),
  event: OneOf(RULE_EVENTS),
  conditions: Conditions,
  actions: Actions,
  active: Type.Boolean(),
  once_per_conversation: Type.Boolean(),
  position: Type.Integer(),
  created_at: Time,
  updated_at: Time,
})

export function presentRule(row: AutomationRuleRow): Static<typeof RuleSchema> {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    event: row.event as RuleEvent,
    conditions: row.conditions,
    actions: row.actions as Record<string, unknown>[],
    active: row.active,
    once_per_conversation: row.once_per_conversation,
    position: row.position,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

const FieldSchema = Type.Object({
  name: Type.String(),
  kind: Type.String(),
  required: Type.Boolean(),
  options: Type.Optional(Type.Array(Nullable(Type.String()))),
  refers_to: Type.Optional(Type.String()),
})
export const VocabularySchema = Type.Object({
  events: Type.Array(Type.String()),
  attributes: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: Type.String(),
      operators: Type.Array(OneOf(OPERATORS)),
      options: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Number()]))),
      refers_to: Type.Optional(Type.String()),
      needs_message: Type.Boolean(),
    }),
  ),
  actions: Type.Array(Type.Object({ action: Type.String(), fields: Type.Array(FieldSchema) })),
  workflows: Type.Array(
    Type.Object({
      workflow: Type.String(),
      title: Type.String(),
      fields: Type.Array(FieldSchema),
    }),
  ),
})

export function presentVocabulary(
  attributes: readonly RuleAttribute[],
  workflows: readonly AutomationDefinition[],
  locale: Locale,
): Static<typeof VocabularySchema> {
  return {
    events: [...RULE_EVENTS],
    attributes: attributes.map(({ name, kind, options, refersTo, ofMessage }) => ({
      name,
      kind,
      operators: [...OPERATORS_OF[kind]],
      ...(options ? { options: [...options] } : {}),
      ...(refersTo ? { refers_to: refersTo } : {}),
      needs_message: ofMessage ?? false,
    })),
    actions: (Object.keys(ACTION_FORMS) as ActionName[]).map((action) => ({
      action,
      fields: ACTION_FORMS[action].map(presentField),
    })),
    workflows: workflows.map(({ name, title, parameters }) => ({
      workflow: name,
      title: title[locale],
      fields: parameters.map(presentField),
    })),
  }
}

function presentField(field: Field): Static<typeof FieldSchema> {
  const { name, kind, required } = field
  return {
    name,
    kind,
    required,
    ...(field.kind === 'choice' ? { options: [...field.options] } : {}),
    ...(field.kind === 'reference' ? { refers_to: field.to } : {}),
  }
}

export const DryRunSchema = Type.Object({
  data: Type.Array(
    Type.Object({
      event: Type.String(),
      message_id: Nullable(Id),
      at: Time,
      matched: Type.Boolean(),
      silent: Nullable(Type.String({ description: 'Why no rule would have been asked' })),
      explanation: Type.Unknown(),
      actions: Type.Array(Type.String({ description: 'What would have begun, in this order' })),
    }),
  ),
})

export function presentDryEvent(
  { event, messageId, at, silent, explanation }: DryEvent,
  actions: readonly Record<string, unknown>[],
): Static<typeof DryRunSchema>['data'][number] {
  const runs = explanation.matched && silent === null
  return {
    event,
    message_id: messageId,
    at: at.toISOString(),
    matched: explanation.matched,
    silent,
    explanation,
    actions: runs ? actions.map(({ action }) => String(action)) : [],
  }
}

export const RuleRunSchema = Type.Object({
  id: Id,
  rule_id: Id,
  inbox_id: Id,
  conversation_id: Id,
  message_id: Nullable(Id),
  event: Type.String(),
  explanation: Type.Unknown({ description: 'Each tested condition with the value it met' }),
  actions: Type.Array(
    Type.Object({
      step: Type.Integer(),
      action: Type.String(),
      outcome: OneOf(['done', 'pending', 'skipped', 'failed'] as const),
      reason: Nullable(Type.String()),
      updated_at: Time,
    }),
  ),
  waits_for: Nullable(OneOf(['time', 'contact', 'agent', 'step'] as const)),
  due_at: Nullable(Time),
  started_at: Time,
  finished_at: Nullable(Time),
})

export function presentRuleRun(row: RuleRunRow): Static<typeof RuleRunSchema> {
  return {
    id: row.id,
    rule_id: row.rule_id,
    inbox_id: row.inbox_id,
    conversation_id: row.conversation_id,
    message_id: row.message_id,
    event: row.event,
    explanation: row.explanation,
    actions: row.receipts.map(({ step, action, outcome, reason, updated_at }) => ({
      step,
      action,
      outcome,
      reason,
      updated_at: updated_at.toISOString(),
    })),
    waits_for: row.waits_for,
    due_at: AsText(row.due_at),
    started_at: row.started_at.toISOString(),
    finished_at: AsText(row.finished_at),
  }
}
