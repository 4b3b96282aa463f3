// What conditions can ask about, and which operators make sense for it.

import type { Operator, RuleEvent } from './automation.ts'
import { type AttributeDefinition, type AttributeTarget, customName } from './custom-attributes.ts'
import type { Reference } from './forms.ts'
import { CHANNEL_TYPES } from './inbox.ts'

export type AttributeKind = 'text' | 'choice' | 'list' | 'number' | 'boolean' | 'date' | 'reference'

export interface RuleAttribute {
  name: string
  kind: AttributeKind
  /** Of a choice. */
  options?: readonly (string | number)[]
  refersTo?: Reference
  /** Known only where the event has a message. */
  ofMessage?: true
}

const PRESENCE = ['is_present', 'is_not_present', 'changed'] as const
const EQUALITY = ['equal_to', 'not_equal_to'] as const
const CONTENT = ['contains', 'does_not_contain'] as const
const ORDER = ['is_greater_than', 'is_less_than'] as const

export const OPERATORS_OF: Record<AttributeKind, readonly Operator[]> = {
  text: [...EQUALITY, ...CONTENT, ...PRESENCE],
  choice: [...EQUALITY, ...PRESENCE],
  list: [...EQUALITY, ...CONTENT, ...PRESENCE],
  number: [...EQUALITY, ...ORDER, ...PRESENCE],
  boolean: [...EQUALITY, ...PRESENCE],
  date: [...ORDER, 'days_before', ...PRESENCE],
  reference: [...EQUALITY, ...PRESENCE],
}

export const STANDARD_ATTRIBUTES: readonly RuleAttribute[] = [
  { name: 'inbox_id', kind: 'reference', refersTo: 'inbox' },
  { name: 'channel', kind: 'choice', options: CHANNEL_TYPES },
  { name: 'status', kind: 'choice', options: ['open', 'pending', 'resolved', 'snoozed'] },
  { name: 'priority', kind: 'choice', options: ['low', 'medium', 'high', 'urgent'] },
  { name: 'subject', kind: 'text' },
  { name: 'labels', kind: 'list' },
  { name: 'team_id', kind: 'reference', refersTo: 'team' },
  { name: 'assignee_id', kind: 'reference', refersTo: 'agent' },
  { name: 'assignee', kind: 'choice', options: ['claudia'] },
  { name: 'created_at', kind: 'date' },
  { name: 'last_message_at', kind: 'date' },
  { name: 'contact.name', kind: 'text' },
  { name: 'contact.email', kind: 'text' },
  { name: 'contact.phone_number', kind: 'text' },
  { name: 'contact.identifier', kind: 'text' },
  { name: 'contact.created_at', kind: 'date' },
  { name: 'message_type', kind: 'choice', options: ['incoming', 'outgoing'], ofMessage: true },
  { name: 'content', kind: 'text', ofMessage: true },
  {
    name: 'content_type',
    kind: 'choice',
    options: ['text', 'buttons', 'list', 'form', 'template'],
    ofMessage: true,
  },
  { name: 'private', kind: 'boolean', ofMessage: true },
  { name: 'from', kind: 'text', ofMessage: true },
]

/** Events without a message: what they ask of one is asked of nothing. */
export const EVENTS_WITHOUT_MESSAGE: readonly RuleEvent[] = [
  'conversation_updated',
  'conversation_resolved',
]

const KIND_OF = {
  text: 'text',
  link: 'text',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  list: 'choice',
} as const

export function customAttribute(
  definition: AttributeDefinition & { target: AttributeTarget },
): RuleAttribute {
  const { target, key, type, options } = definition
  const attribute = { name: customName(target, key), kind: KIND_OF[type] }
  return type === 'list' ? { ...attribute, options } : attribute
}
