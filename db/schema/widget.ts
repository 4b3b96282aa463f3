// Rows of the web widget.

import type { Generated, Json, Timestamp } from './column-types.ts'

export interface WidgetSessionTable {
  account_id: number
  id: Generated<number>
  inbox_id: number
  token_hash: Buffer
  contact_id: number | null
  identifier: string | null
  verified: Generated<boolean>
  profile: Generated<Json>
  origin: string
  created_at: Generated<Timestamp>
  seen_at: Generated<Timestamp>
  revoked_at: Timestamp | null
}

export interface WidgetConversationTable {
  account_id: number
  conversation_id: number
  session_id: number
  identifier: string | null
}

export interface VisitorFeedTable {
  account_id: number
  inbox_id: number
  contact_id: number
  last_seq: number
}

export interface VisitorEventTable {
  account_id: number
  inbox_id: number
  contact_id: number
  seq: number
  kind: 'message.created' | 'conversation.updated'
  conversation_id: number
  message_id: number | null
  created_at: Generated<Timestamp>
}

export interface WidgetSightingTable {
  account_id: number
  inbox_id: number
  kind:
    | 'origin_allowed'
    | 'origin_blocked'
    | 'hash_wrong'
    | 'hash_missing'
    | 'address_changed'
    | 'contact_clash'
  value: string
  count: Generated<number>
  first_at: Generated<Timestamp>
  last_at: Generated<Timestamp>
}
