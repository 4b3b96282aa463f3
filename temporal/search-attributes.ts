// The typed keys of our search attributes; plain data that the workflow sandbox can load.

import {
  defineSearchAttributeKey,
  type SearchAttributePair,
} from '@temporalio/common'
import type { ChannelType } from '../domain/inbox.ts'
import type { InboxRef } from './contracts.ts'

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
