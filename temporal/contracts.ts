// Every name that crosses Temporal: queues, ids, inputs, updates, queries, search attributes.
// No logic, and nothing that the workflow sandbox could not load. Inputs carry ids only.

import type { InboxState } from '../domain/inbox.ts'

export const TASK_QUEUES = {
  workflows: 'workflows',
  watch: 'watch',
  sync: 'sync',
  import: 'import',
  send: 'send',
  automation: 'automation',
} as const
export type ActivityQueue = Exclude<keyof typeof TASK_QUEUES, 'workflows'>

export const WORKFLOWS = {
  inbox: 'inbox',
  connectInbox: 'connectInbox',
  importHistory: 'importHistory',
  sync: 'sync',
  conversation: 'conversation',
  sendMessages: 'sendMessages',
  watchdog: 'watchdog',
} as const

export interface InboxRef {
  accountId: number
  inboxId: number
}
export interface ConversationRef {
  accountId: number
  conversationId: number
}
export interface ConnectInput extends InboxRef {
  draftId: string
}
export interface ImportInput extends InboxRef {
  importId: number
  number: number
}

export const workflowIds = {
  inbox: (inboxId: number) => `inbox/${inboxId}`,
  connect: (inboxId: number) => `inbox/${inboxId}/connect`,
  import: (inboxId: number, number: number) => `inbox/${inboxId}/import/${number}`,
  sync: (inboxId: number) => `inbox/${inboxId}/sync`,
  conversation: (conversationId: number) => `conversation/${conversationId}`,
  send: (conversationId: number) => `conversation/${conversationId}/send`,
  watchdog: () => 'watchdog',
}

export const SIGNALS = {
  /** conversation and sendMessages: there is something new in Postgres. */
  wake: 'wake',
  /** inbox: an activity saw the health change; the row says how. */
  healthChanged: 'healthChanged',
  /** inbox: the watchdog found no sync cycle for three intervals. */
  stalled: 'stalled',
} as const

/** Updates of the inbox workflow, all of them update-with-start. */
export const UPDATES = {
  reconnect: 'reconnect',
  pause: 'pause',
  resume: 'resume',
  syncNow: 'syncNow',
  releaseClaudia: 'releaseClaudia',
  startImport: 'startImport',
  pauseImport: 'pauseImport',
  resumeImport: 'resumeImport',
  cancelImport: 'cancelImport',
  disconnect: 'disconnect',
} as const
export type InboxUpdate = keyof typeof UPDATES

export interface UpdateInputs {
  /** Without a draft: check again with the stored credentials. */
  reconnect: { draftId?: string }
  pause: Record<string, never>
  resume: Record<string, never>
  syncNow: Record<string, never>
  releaseClaudia: Record<string, never>
  startImport: { importId: number; number: number }
  pauseImport: Record<string, never>
  resumeImport: Record<string, never>
  cancelImport: Record<string, never>
  disconnect: { purge: boolean }
}

/** What every update answers: where the inbox stands after it. */
export interface UpdateResult {
  state: InboxState
}

export const QUERIES = { state: 'state', importProgress: 'importProgress' } as const
export interface ImportProgress {
  number: number
  done: number
  total: number | null
  quarantined: number
}

export const SEARCH_ATTRIBUTES = {
  AccountId: 'Keyword',
  InboxId: 'Keyword',
  Channel: 'Keyword',
  InboxState: 'Keyword',
  AttentionReason: 'Keyword',
  AttentionSince: 'Datetime',
  LastProgressAt: 'Datetime',
} as const
