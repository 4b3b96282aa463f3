// What somebody who leaves the account, or an inbox, had to do there: it is nobody's then.

import { sql } from 'kysely'
import { addAccountEvents } from './account-events.ts'
import type { Trx } from './client.ts'
import { addToOutbox } from './outbox.ts'
import { tellWebhooks } from './webhook-deliveries.ts'

/** What is not resolved is an event for the rules, which may give it to somebody else. */
export async function leaveConversations(
  trx: Trx,
  accountId: number,
  { userId, inboxId }: { userId: number; inboxId?: number },
): Promise<void> {
  const theirs = () =>
    trx
      .updateTable('conversations')
      .set({ assignee_id: null, updated_at: sql`now()` })
      .where('account_id', '=', accountId)
      .where('assignee_id', '=', userId)
      .$if(inboxId !== undefined, (query) => query.where('inbox_id', '=', inboxId!))
  await theirs().where('status', '=', 'resolved').execute()
  const left = await theirs()
    .set({ last_seq: sql`last_seq + 1` })
    .returning(['id', 'inbox_id', 'last_seq'])
    .execute()
  const changes = { assignee_id: [userId, null] as [number, null] }
  const rows = left.map(({ id, inbox_id, last_seq }) => ({
    topic: 'conversation' as const,
    event: 'conversation_updated',
    inboxId: inbox_id,
    conversationId: id,
    seq: last_seq,
    changes,
  }))
  await addToOutbox(trx, accountId, rows)
  const shown = rows.map(({ inboxId: inbox_id, conversationId: conversation_id }) => ({
    kind: 'conversation.updated',
    data: { inbox_id, conversation_id },
  }))
  await addAccountEvents(trx, accountId, shown)
  for (const { inboxId, conversationId } of rows) {
    const event = 'conversation.updated' as const
    await tellWebhooks(trx, { accountId, inboxId }, [{ conversationId, event }])
  }
}
