// Whether a bot may answer a contact now. It may have thought for long, or for itself.

import type { Trx } from '../db/client.ts'
import { claudiaModeOf, findInbox } from '../db/inboxes.ts'
import { findUser } from '../db/users.ts'

/** Undefined: it may. Asked in the transaction that queues its answer. */
export async function refusalToBot(
  trx: Trx,
  { accountId, conversationId }: { accountId: number; conversationId: number },
): Promise<'conversation_taken' | 'claudia_silent' | undefined> {
  const row = await trx
    .selectFrom('conversations')
    .select(['assignee_id', 'inbox_id'])
    .where('account_id', '=', accountId)
    .where('id', '=', conversationId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  const inbox = row && (await findInbox(trx, accountId, row.inbox_id))
  if (!inbox || claudiaModeOf(inbox) !== 'on') return 'claudia_silent'
  const assignee =
    row.assignee_id === null ? undefined : await findUser(trx, accountId, row.assignee_id)
  return assignee && assignee.role !== 'bot' ? 'conversation_taken' : undefined
}
