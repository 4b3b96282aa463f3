// A contact has seen, or got, everything up to a moment: that settles each of our messages before it.

import type { WatermarkEvent } from '../channels/webhook.ts'
import type { Trx } from '../db/client.ts'
import { statusesBefore } from '../domain/message.ts'
import { applyStatusTo } from './apply-status.ts'
import type { InboxRef } from './message-rows.ts'

export async function settleUntil(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  { status, contact, upTo }: WatermarkEvent,
): Promise<void> {
  const messages = await trx
    .selectFrom('contact_identities as i')
    .innerJoin('conversations as c', (join) =>
      join.onRef('c.account_id', '=', 'i.account_id').onRef('c.contact_id', '=', 'i.contact_id'),
    )
    .innerJoin('messages as m', (join) =>
      join.onRef('m.account_id', '=', 'c.account_id').onRef('m.conversation_id', '=', 'c.id'),
    )
    .select('m.id')
    .where('i.account_id', '=', accountId)
    .where('i.kind', '=', contact.kind)
    .where('i.value', '=', contact.value)
    .where('c.inbox_id', '=', inboxId)
    .where('m.direction', '=', 'outgoing')
    .where('m.external_id', 'is not', null)
    .where('m.status', 'in', statusesBefore(status))
    .where('m.sent_at', '<=', upTo)
    .orderBy('m.id')
    .execute()
  for (const { id } of messages) await applyStatusTo(trx, accountId, id, status, {})
}
