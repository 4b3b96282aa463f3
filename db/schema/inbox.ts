// Rows of an inbox and of its life.

import type { ChannelType } from '../../domain/inbox.ts'
import type { Generated, Json, Timestamp } from './column-types.ts'

export interface InboxTable {
  account_id: number
  id: Generated<number>
  name: string
  channel: ChannelType
  address: string
  channel_key: string
  proved_key: string | null
  settings: Generated<Json>
  phase: Generated<'connecting' | 'importing' | 'active' | 'disconnected'>
  paused: Generated<boolean>
  receive_status: Generated<'ok' | 'retrying' | 'action_required' | 'reauthorization_required'>
  receive_reason: string | null
  receive_evidence: string | null
  receive_since: Generated<Timestamp>
  send_status: Generated<'ok' | 'retrying' | 'action_required' | 'reauthorization_required'>
  send_reason: string | null
  send_evidence: string | null
  send_since: Generated<Timestamp>
  claudia: Generated<'on' | 'off'>
  held_since: Timestamp | null
  claudia_after_import: Generated<'release' | 'keep_off'>
  claudia_max_age_seconds: Generated<number>
  archive_after_days: Generated<number>
  thread_by_subject: Generated<boolean>
  join_default_rules: Generated<boolean>
  joined_rules_at: Timestamp | null
  last_checked_at: Timestamp | null
  last_good_sync_at: Timestamp | null
  consecutive_failures: Generated<number>
  idle_cycles: Generated<number>
  next_try_at: Timestamp | null
  watch_generation: Generated<number>
  attention_since: Timestamp | null
  stalled_since: Timestamp | null
  attachment_limit_bytes: number | null
  provider_ids: Generated<string[]>
  created_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
}

export interface InboxMemberTable {
  account_id: number
  inbox_id: number
  user_id: number
  removed_by_person: Generated<boolean>
  created_at: Generated<Timestamp>
}

export interface CredentialTable {
  account_id: number
  inbox_id: number
  key_id: string
  ciphertext: Buffer
  worked_at: Timestamp | null
  updated_at: Generated<Timestamp>
  draft_id: string | null
  keep_alive_at: Timestamp | null
  owner: string | null
}

export interface ConnectDraftTable {
  account_id: number
  id: Generated<string>
  inbox_id: number | null
  key_id: string
  ciphertext: Buffer
  expires_at: Generated<Timestamp>
  state_hash: Buffer | null
}

export interface ChannelCursorTable {
  account_id: number
  inbox_id: number
  folder: string
  kind: 'history' | 'live'
  fence: Generated<number>
  cursor: Json | null
  watermark_uidvalidity: number | null
  watermark_uidnext: number | null
  started_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
}

export interface ImportTable {
  account_id: number
  id: Generated<number>
  inbox_id: number
  number: number
  status: Generated<'running' | 'paused' | 'completed' | 'cancelled'>
  import_window: Json
  total: number | null
  done: Generated<number>
  quarantined: Generated<number>
  bytes: Generated<number>
  parked_until: Timestamp | null
  started_at: Generated<Timestamp>
  progress_at: Generated<Timestamp>
  finished_at: Timestamp | null
}

export interface ByteBudgetTable {
  account_id: number
  inbox_id: number
  day: string
  bytes: Generated<number>
}

export interface QuarantineTable {
  account_id: number
  id: Generated<number>
  inbox_id: number
  folder: string
  uidvalidity: number
  uid: number
  arrival: 'history' | 'live' | 'late'
  reason: string
  evidence: string | null
  size: number | null
  status: Generated<'waiting' | 'retrying' | 'stored' | 'dismissed'>
  tries: Generated<number>
  created_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
}

export interface IncidentTable {
  account_id: number
  id: Generated<number>
  inbox_id: number
  direction: 'receive' | 'send'
  status: string
  reason: string
  evidence: string | null
  opened_at: Generated<Timestamp>
  last_seen_at: Generated<Timestamp>
  closed_at: Timestamp | null
  notified_at: Timestamp | null
}

export interface IncidentNoticeTable {
  account_id: number
  id: Generated<number>
  inbox_id: number
  incident_id: number
  event: string
  webhook_id: number | null
  user_id: number | null
  status: Generated<'pending' | 'delivered' | 'failed' | 'skipped'>
  tries: Generated<number>
  response_status: number | null
  evidence: string | null
  created_at: Generated<Timestamp>
  finished_at: Timestamp | null
}

export interface TimelineTable {
  account_id: number
  id: Generated<number>
  inbox_id: number
  kind: string
  data: Generated<Json>
  actor_user_id: number | null
  created_at: Generated<Timestamp>
}

export interface InboundDeliveryTable {
  account_id: number
  id: Generated<number>
  inbox_id: number
  kind: 'message' | 'status' | 'change' | 'channel' | 'history' | 'unknown' | 'failed'
  external_id: string | null
  reason: string | null
  content_type: string
  query: Generated<string>
  body: Buffer
  received_at: Generated<Timestamp>
  replayed_at: Timestamp | null
  day_slot: number
}

export interface WaitingChangeTable {
  account_id: number
  id: Generated<number>
  inbox_id: number
  external_id: string
  change: Json
  changed_at: Timestamp
  created_at: Generated<Timestamp>
}

export interface ReceiverTable {
  account_id: number
  inbox_id: number
  product: 'instagram' | 'messenger'
  owner: string
  evidence: string
  seen_at: Timestamp
}

export interface AccountUpdateTable {
  account_id: number
  inbox_id: number
  event: string
  reason: string | null
  updated_at: Timestamp
}

export interface PhoneShareTable {
  account_id: number
  inbox_id: number
  share: 'contacts' | 'history'
  askable_until: Timestamp
  settled_at: Timestamp | null
  refused: Generated<boolean>
}

export interface MessageTemplateTable {
  account_id: number
  inbox_id: number
  template_id: string
  name: string
  language: string
  body: string
  variables: Json
  approved: boolean
}
