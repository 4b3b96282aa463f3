// A bounce (DSN) marks the message that it is about as failed.

import type { InboundMessage } from '../channels/channel.ts'
import type { Trx } from '../db/client.ts'
import { evidenceOf } from '../domain/failures.ts'
import { applyStatusTo } from './apply-status.ts'
import type { InboxRef } from './message-rows.ts'

export async function settleBounces(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  messages: readonly InboundMessage[],
): Promise<void> {
  for (const { attributes, direction, references, text } of messages) {
    if (attributes.nature !== 'bounce' || direction !== 'incoming' || references.length === 0) {
      continue
    }
    const found = await trx
      .selectFrom('messages')
      .select('id')
      .where('inbox_id', '=', inboxId)
      .where('account_id', '=', accountId)
      .where('origin', '=', 'authored')
      // Nearest first: only the mail it answers has bounced, not its ancestors.
      .where('source_id', '=', references[0]!)
      .executeTakeFirst()
    if (!found) continue
    const facts = { code: 'bounced', evidence: evidenceOf(text) }
    await applyStatusTo(trx, accountId, found.id, 'failed', facts)
  }
}
