// Rows of exports and erasures, and of what was erased.

import type { Generated, Json, Timestamp } from './column-types.ts'

export interface TombstoneTable {
  account_id: number
  hash: Buffer
  erased_at: Generated<Timestamp>
}

export interface PrivacyRequestTable {
  account_id: number
  id: Generated<number>
  kind: 'export' | 'erasure'
  contact_id: number
  status: Generated<'waiting' | 'running' | 'done' | 'expired' | 'failed'>
  reason: string | null
  counts: Generated<Json>
  storage_key: string | null
  requested_by: number
  created_at: Generated<Timestamp>
  finished_at: Timestamp | null
  expires_at: Timestamp | null
}
