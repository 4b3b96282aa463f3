// The two rules every account has, found by key. Their inbox list is an ordinary condition.

import type { Condition, Rule } from './automation.ts'

export const DEFAULT_RULES: readonly (Omit<Rule, 'conditions'> & {
  key: string
  name: string
  conditions: (inboxIds: number[]) => Condition
})[] = [
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
