// Every name that crosses Temporal: queues, ids, inputs, updates, queries, search attributes.
// No logic, and nothing that the workflow sandbox could not load. Inputs carry ids only.

import {
  defineSearchAttributeKey,
  type Priority,
  type SearchAttributePair,
} from '@temporalio/common'
import type { ChannelType, Direction, InboxFacts, InboxState } from '../domain/inbox.ts'

export const TASK_QUEUES = {
  workflows: 'workflows',
  watch: 'watch',
  sync: 'sync',
  import: 'import',
  send: 'send',
  automation: 'automation',
} as const
/** The name under which workers of all releases are one deployment, each a version of it. */
export const WORKER_DEPLOYMENT = 'cloudchat'
export type ActivityQueue = Exclude<keyof typeof TASK_QUEUES, 'workflows'>

export const WORKFLOWS = {
  inbox: 'inbox',
  connectInbox: 'connectInbox',
  importHistory: 'importHistory',
  fetchFiles: 'fetchFiles',
  sync: 'sync',
  conversation: 'conversation',
  sendMessages: 'sendMessages',
  sendNotices: 'sendNotices',
  sendWebhooks: 'sendWebhooks',
  watchdog: 'watchdog',
  retention: 'retention',
  exportContact: 'exportContact',
  eraseContact: 'eraseContact',
  preflight: 'preflight',
  discoverServers: 'discoverServers',
  completeSignIn: 'completeSignIn',
  fetchQuarantined: 'fetchQuarantined',
} as const

export interface InboxRef {
  accountId: number
  inboxId: number
}
export interface ConversationRef {
  accountId: number
  conversationId: number
}
export interface NoticeRef {
  accountId: number
  noticeId: number
}
export interface PrivacyRef {
  accountId: number
  requestId: number
}
export interface QuarantineRef {
  accountId: number
  quarantineId: number
}
/** Where its original lies in the storage, or why it does not. */
export type FetchedMail = { storageKey: string } | { missing: 'gone' | 'refused' | 'unreachable' }
/** The action of a rule's run that began an automation. */
export interface AutomationRef extends ConversationRef {
  runId: number
  step: number
}
/** A text that the author of a rule wrote, by the parameter's name: histories hold no words. */
export interface TextRef {
  text: string
}
export interface AutomationInput extends AutomationRef {
  /** As the rule says; each text is a TextRef. */
  parameters: Record<string, number | boolean | string | null | TextRef>
}
/** A sealed form or sign-in that belongs to no inbox yet. */
export interface DraftRef {
  accountId: number
  draftId: string
}
export interface ConnectInput extends InboxRef {
  draftId: string
}
export interface ImportInput extends InboxRef {
  importId: number
  number: number
}

/** What the inbox workflow knows of its row. Facts and ids only: it is written into histories. */
export interface InboxView {
  channel: ChannelType
  facts: InboxFacts
  /** The newest draft that has not expired: what a connecting inbox connects with. */
  draftId: string | null
  /** Connected by signing in at the provider. */
  signsIn?: boolean
  /** Something was set up there when it was connected, to be taken back in the end. */
  setUpAtProvider?: boolean
  /** Until when somebody may come back from there; null: nobody is expected. */
  awaitedUntil?: string | null
  /** When access is renewed at the latest, or it would die of rest; null: it never does. */
  keepAliveAt?: string | null
  /** The newest import, whatever became of it. */
  import: { importId: number; number: number; status: ImportStatus } | null
  /** False for a send-only mailbox, which is never synced. */
  receives: boolean
  /** Files to be fetched now are still only in the mailbox. */
  filesDue: boolean
  lastGoodSyncAt: string | null
  nextTryAt: string | null
  /** Since when people are asked for; set by the activity that saw two minutes of failure. */
  attentionSince: string | null
  stalledSince: string | null
}
export type ImportStatus = 'running' | 'paused' | 'completed' | 'cancelled'

/** A classified failure that a child hands to the entity, which records it and waits for people. */
export interface Trouble {
  kind: 'ReauthorizationRequired' | 'ActionRequired'
  direction: Direction
  reason: string
  evidence: string | null
}
/** How a sync or an import ended: the row told it to stop, it is done, or people must act. */
export type ChildEnd = { end: 'stopped' } | { end: 'done' } | { end: 'trouble'; trouble: Trouble }

/** One preflight stage as the API answers it. */
export interface PreflightStage {
  stage: string
  ok: boolean
  reason?: string
  evidence?: string
  causes?: string[]
}

export const workflowIds = {
  inbox: (inboxId: number) => `inbox/${inboxId}`,
  connect: (inboxId: number) => `inbox/${inboxId}/connect`,
  import: (inboxId: number, number: number) => `inbox/${inboxId}/import/${number}`,
  files: (inboxId: number) => `inbox/${inboxId}/files`,
  sync: (inboxId: number) => `inbox/${inboxId}/sync`,
  conversation: (conversationId: number) => `conversation/${conversationId}`,
  send: (conversationId: number) => `conversation/${conversationId}/send`,
  webhooks: (conversationId: number) => `conversation/${conversationId}/webhooks`,
  notices: (inboxId: number) => `inbox/${inboxId}/notices`,
  watchdog: () => 'watchdog',
  retention: () => 'retention',
  privacy: (requestId: number) => `privacy/${requestId}`,
  automation: (runId: number, step: number) => `automation/${runId}/${step}`,
  preflight: (draftId: string) => `preflight/${draftId}`,
  quarantined: (quarantineId: number) => `quarantine/${quarantineId}`,
  discovery: (draftId: string) => `discovery/${draftId}`,
  signIn: (draftId: string) => `sign-in/${draftId}`,
}

export const SIGNALS = {
  /** conversation, sendMessages and sendNotices: there is something new in Postgres. */
  wake: 'wake',
  /** An automation: something happened in its conversation. */
  conversationChanged: 'conversationChanged',
  /** inbox: its row says something new. */
  rowChanged: 'rowChanged',
  /** The same under the names that the histories of older inboxes hold. */
  healthChanged: 'healthChanged',
  filesWaiting: 'filesWaiting',
  /** inbox: the watchdog found no sync cycle for three intervals. */
  stalled: 'stalled',
  /** sync: schedule the watch again at once, even in the middle of a retry delay. */
  refresh: 'refresh',
} as const

/** Failure types of our own making, beside domain/failures.ts. */
export const WORKFLOW_FAILURES = {
  InboxNotFound: 'InboxNotFound',
  InboxDisconnected: 'InboxDisconnected',
  ImportNotFound: 'ImportNotFound',
  DraftExpired: 'DraftExpired',
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

/** The person who asked, for the timeline; absent when nobody knows. */
export interface Asked {
  actorUserId?: number
}

export interface UpdateInputs {
  /** Without a draft: check again with the stored credentials. The draft knows who asked. */
  reconnect: { draftId?: string }
  pause: Asked
  resume: Asked
  syncNow: Record<string, never>
  releaseClaudia: Asked
  startImport: { importId: number; number: number }
  pauseImport: Asked
  resumeImport: Asked
  cancelImport: Asked
  disconnect: Asked & { purge: boolean }
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

/** Search attributes of ours; setup registers each with its type. */
export const SEARCH_ATTRIBUTES = {
  AccountId: 'Keyword',
  InboxId: 'Keyword',
  Channel: 'Keyword',
  InboxState: 'Keyword',
  AttentionReason: 'Keyword',
  AttentionSince: 'Datetime',
  LastProgressAt: 'Datetime',
} as const

/** The same as typed keys. */
export const ATTRIBUTES = {
  accountId: defineSearchAttributeKey('AccountId', 'KEYWORD'),
  inboxId: defineSearchAttributeKey('InboxId', 'KEYWORD'),
  channel: defineSearchAttributeKey('Channel', 'KEYWORD'),
  inboxState: defineSearchAttributeKey('InboxState', 'KEYWORD'),
  attentionReason: defineSearchAttributeKey('AttentionReason', 'KEYWORD'),
  attentionSince: defineSearchAttributeKey('AttentionSince', 'DATETIME'),
  lastProgressAt: defineSearchAttributeKey('LastProgressAt', 'DATETIME'),
}

/** What every workflow of an inbox carries from its start. */
export function inboxAttributes(ref: InboxRef, channel?: ChannelType): SearchAttributePair[] {
  return [
    { key: ATTRIBUTES.accountId, value: String(ref.accountId) },
    { key: ATTRIBUTES.inboxId, value: String(ref.inboxId) },
    ...(channel ? [{ key: ATTRIBUTES.channel, value: channel }] : []),
  ]
}

/**
 * Of everything that is started for an account: where tasks wait, each account has its turn. Children
 * and activities inherit it.
 */
export const fairTo = ({ accountId }: { accountId: number }): Priority => ({
  fairnessKey: String(accountId),
})
