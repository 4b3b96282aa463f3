// Rule runs as the API shows them.
import type { RuleRunRow } from '../../db/views/operations.ts'
import { AsText, Id, Nullable, OneOf, type Static, Time, Type } from '../schemas.ts'

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
    started_at: row.started_at.toISOString(),
    finished_at: AsText(row.finished_at),
  }
}
