// Rows of rules, their runs and the bots they speak to.

import type { AttributeTarget, AttributeType } from '../../domain/custom-attributes.ts'
import type { Generated, Json, Timestamp } from './column-types.ts'

export interface AutomationRuleTable {
  account_id: number
  id: Generated<number>
  key: string | null
  name: string
  event: string
  conditions: Json
  actions: Json
  active: Generated<boolean>
  once_per_conversation: Generated<boolean>
  position: Generated<number>
  created_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
  deleted_at: Timestamp | null
}

export interface RuleRunTable {
  account_id: number
  id: Generated<number>
  rule_id: number
  inbox_id: number
  conversation_id: number
  message_id: number | null
  seq: number
  event: string
  explanation: Json
  actions: Generated<Json>
  step: Generated<number>
  waits_for: 'time' | 'contact' | 'agent' | 'step' | null
  due_at: Timestamp | null
  started_at: Generated<Timestamp>
  finished_at: Timestamp | null
}

export interface ActionReceiptTable {
  account_id: number
  run_id: number
  step: number
  action: string
  outcome: 'done' | 'pending' | 'skipped' | 'failed'
  reason: string | null
  created_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
}

export interface AutomationReceiptTable {
  account_id: number
  run_id: number
  step: number
  part: number
  action: string
  outcome: ActionReceiptTable['outcome']
  reason: string | null
  created_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
}

export interface TeamMailTable {
  account_id: number
  run_id: number
  step: number
  delivery: string
  user_id: number
  sent_at: Timestamp
}

export interface CustomAttributeDefinitionTable {
  account_id: number
  id: Generated<number>
  target: AttributeTarget
  key: string
  name: string
  type: AttributeType
  options: Generated<string[]>
  created_at: Generated<Timestamp>
}

export interface BotTable {
  account_id: number
  user_id: number
  endpoint: string
  key_id: string
  secret_ciphertext: Buffer
  created_at: Generated<Timestamp>
}

export interface BotEventTable {
  account_id: number
  id: Generated<string>
  run_id: number
  step: number
  conversation_id: number
  message_id: number
  status: Generated<'pending' | 'delivered' | 'failed' | 'skipped'>
  tries: Generated<number>
  response_status: number | null
  evidence: string | null
  created_at: Generated<Timestamp>
  delivered_at: Timestamp | null
  answer_by: Timestamp | null
}
