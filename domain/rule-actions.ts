// What a rule can do, as types for the code and as forms for its author.

import type { Field } from './forms.ts'

export type RuleAction =
  | { action: 'assign_claudia' }
  | { action: 'deliver_to_claudia' }
  | { action: 'assign_agent'; agent_id: number }
  | { action: 'assign_team'; team_id: number }
  | { action: 'assign_in_turn'; team_id?: number }
  | { action: 'add_label'; labels: string[] }
  | { action: 'remove_label'; labels: string[] }
  | { action: 'change_status'; status: 'open' | 'pending' | 'resolved' }
  | { action: 'snooze'; minutes: number; business_hours?: boolean }
  | { action: 'set_priority'; priority: 'low' | 'medium' | 'high' | 'urgent' | null }
  | { action: 'mute' }
  | { action: 'send_message'; content: string }
  | { action: 'add_note'; content: string }
  | { action: 'email_team'; team_id: number; content: string }
  | { action: 'send_webhook'; webhook_id: number }
  | { action: 'wait'; minutes: number; business_hours?: boolean }
  | {
      action: 'wait_for_reply'
      minutes: number
      business_hours?: boolean
      from?: 'contact' | 'agent'
    }
  | { action: 'run_workflow'; workflow: string; parameters?: Record<string, unknown> }

export type ActionName = RuleAction['action']

/** Leave the house: done by a step of their own, which is repeated until it is. */
export const OUTSIDE_ACTIONS = [
  'email_team',
  'send_webhook',
  'run_workflow',
] as const satisfies ActionName[]

const content: Field = { name: 'content', kind: 'text', required: true }
const labels: Field = { name: 'labels', kind: 'labels', required: true }
const team: Field = { name: 'team_id', kind: 'reference', to: 'team', required: true }
const time: readonly Field[] = [
  { name: 'minutes', kind: 'minutes', required: true },
  { name: 'business_hours', kind: 'boolean', required: false },
]

export const ACTION_FORMS: Record<ActionName, readonly Field[]> = {
  assign_claudia: [],
  deliver_to_claudia: [],
  assign_agent: [{ name: 'agent_id', kind: 'reference', to: 'agent', required: true }],
  assign_team: [team],
  assign_in_turn: [{ ...team, required: false }],
  add_label: [labels],
  remove_label: [labels],
  change_status: [
    { name: 'status', kind: 'choice', options: ['open', 'pending', 'resolved'], required: true },
  ],
  snooze: time,
  set_priority: [
    {
      name: 'priority',
      kind: 'choice',
      options: ['low', 'medium', 'high', 'urgent', null],
      required: true,
    },
  ],
  mute: [],
  send_message: [content],
  add_note: [content],
  email_team: [team, content],
  send_webhook: [{ name: 'webhook_id', kind: 'reference', to: 'webhook', required: true }],
  wait: time,
  wait_for_reply: [
    ...time,
    { name: 'from', kind: 'choice', options: ['contact', 'agent'], required: false },
  ],
  run_workflow: [
    { name: 'workflow', kind: 'automation', required: true },
    // Checked by the form of the automation itself.
  ],
}
