// Rows of conversations: contacts, messages, sending and what wakes the workflows.

import type { Generated, Json, Timestamp } from './column-types.ts'

export interface ContactTable {
  account_id: number
  id: Generated<number>
  name: Generated<string>
  email: string | null
  phone_number: string | null
  identifier: string | null
  custom_attributes: Generated<Json>
  created_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
}

export interface ContactIdentityTable {
  account_id: number
  kind: string
  value: string
  contact_id: number
  verified: Generated<boolean>
  name_state: 'wanted' | 'asked' | null
}

export interface ConversationTable {
  account_id: number
  id: Generated<number>
  display_id: number
  inbox_id: number
  contact_id: number
  status: Generated<'open' | 'pending' | 'resolved' | 'snoozed'>
  subject: Generated<string>
  assignee_id: number | null
  team_id: number | null
  priority: 'low' | 'medium' | 'high' | 'urgent' | null
  labels: Generated<string[]>
  custom_attributes: Generated<Json>
  last_seq: Generated<number>
  handled_seq: Generated<number>
  message_count: Generated<number>
  first_message_at: Timestamp
  last_message_at: Timestamp
  attention_reason: string | null
  snoozed_until: Timestamp | null
  muted: Generated<boolean>
  created_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
}

export interface MessageTable {
  account_id: number
  id: Generated<number>
  conversation_id: number
  inbox_id: number
  external_id: string | null
  direction: 'incoming' | 'outgoing'
  origin: 'history' | 'live' | 'late' | 'authored' | 'echo'
  private: Generated<boolean>
  seq: number | null
  contact_id: number | null
  user_id: number | null
  content: Generated<string>
  content_type: Generated<string>
  content_attributes: Generated<Json>
  source_id: string | null
  status: string
  error_code: string | null
  error_evidence: string | null
  sent_at: Timestamp
  reads_at: Timestamp | null
  delivered_at: Timestamp | null
  created_at: Generated<Timestamp>
  updated_at: Generated<Timestamp>
}

export interface MessageWordsTable {
  account_id: number
  message_id: number
  words: string
}

export interface DueWordsTable {
  id: Generated<number>
  account_id: number
  message_ids: number[]
}

export interface MessageLocationTable {
  account_id: number
  inbox_id: number
  folder: string
  uidvalidity: number
  uid: number
  message_id: number
}

export interface MessageRefTable {
  account_id: number
  inbox_id: number
  reference: string
  conversation_id: number
}

export interface AttachmentTable {
  account_id: number
  id: Generated<number>
  message_id: number
  position: number
  file_name: string
  content_type: string
  size: number
  content_id: string | null
  inline: Generated<boolean>
  part: string | null
  state: 'stored' | 'in_mailbox' | 'lost' | 'refused'
  storage_key: string | null
  detected_type: string | null
  reason: string | null
  created_at: Generated<Timestamp>
}

export interface StoredObjectTable {
  account_id: number
  key: string
  check_after: Timestamp | null
}

export interface SendAttemptTable {
  account_id: number
  id: Generated<number>
  message_id: number
  state: 'transmitting' | 'accepted' | 'rejected' | 'not_transmitted' | 'ambiguous'
  source_id: string
  evidence: string | null
  started_at: Generated<Timestamp>
  finished_at: Timestamp | null
  composed_at: Timestamp | null
  copy_due_at: Timestamp | null
}

export interface OutboxTable {
  id: Generated<number>
  account_id: number
  topic: 'conversation' | 'send' | 'inbox' | 'notice' | 'webhook'
  inbox_id: number
  conversation_id: number | null
  seq: number | null
  event: string
  message_id: number | null
  changes: Json | null
  created_at: Generated<Timestamp>
  relayed_at: Timestamp | null
}
