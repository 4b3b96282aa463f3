// Rows of the account itself: people, keys, teams and what the console listens to.

import type { Generated, Json, Timestamp } from './column-types.ts'

export interface AccountTable {
  id: Generated<number>
  name: string
  locale: Generated<'pt-BR' | 'en'>
  timezone: Generated<string>
  last_display_id: Generated<number>
  attachment_limit_bytes: number | null
  conversation_retention_days: number | null
  delivery_retention_days: Generated<number>
  business_hours: Generated<Json>
  created_at: Generated<Timestamp>
}

export interface AccountChangeTable {
  account_id: number
  id: Generated<number>
  user_id: number
  changes: Json
  created_at: Generated<Timestamp>
}

export interface UserTable {
  account_id: number
  id: Generated<number>
  name: string
  email: string
  role: 'administrator' | 'agent' | 'bot'
  key: string | null
  password_hash: string | null
  availability: Generated<'online' | 'busy' | 'offline'>
  created_at: Generated<Timestamp>
  deleted_at: Timestamp | null
}

export interface ApiKeyTable {
  account_id: number
  id: Generated<number>
  user_id: number
  name: string
  prefix: string
  hash: Buffer
  role: 'administrator' | 'agent' | 'bot'
  inbox_ids: number[] | null
  session_expires_at: Timestamp | null
  created_at: Generated<Timestamp>
  revoked_at: Timestamp | null
}

export interface IdempotencyKeyTable {
  account_id: number
  key: string
  method: string
  path: string
  body_hash: Buffer
  response_status: number
  response_body: Json | null
  created_at: Generated<Timestamp>
}

export interface TeamTable {
  account_id: number
  id: Generated<number>
  name: string
  created_at: Generated<Timestamp>
}

export interface TeamMemberTable {
  account_id: number
  team_id: number
  user_id: number
}

export interface NotificationTable {
  account_id: number
  id: Generated<number>
  user_id: number
  inbox_id: number | null
  conversation_id: number | null
  incident_id: number | null
  kind: string
  data: Generated<Json>
  read_at: Timestamp | null
  created_at: Generated<Timestamp>
}

export interface WebhookTable {
  account_id: number
  id: Generated<number>
  url: string
  events: string[]
  key_id: string
  secret_ciphertext: Buffer
  created_at: Generated<Timestamp>
}

export interface WebhookDeliveryTable {
  account_id: number
  id: Generated<number>
  webhook_id: number
  inbox_id: number
  conversation_id: number
  event: string
  message_id: number | null
  status: Generated<'pending' | 'delivered' | 'failed'>
  tries: Generated<number>
  response_status: number | null
  evidence: string | null
  due_since: Generated<Timestamp>
  created_at: Generated<Timestamp>
  finished_at: Timestamp | null
}

export interface AccountEventTable {
  account_id: number
  id: Generated<number>
  xid: Generated<string>
  kind: string
  data: Json
  created_at: Generated<Timestamp>
}

export interface ApiPresenceTable {
  one: Generated<boolean>
  served_at: Timestamp
}

export interface TokenBucketTable {
  key: string
  tokens: number
  refilled_at: Generated<Timestamp>
}
