// Whether a bot may answer a contact now. It may have thought for long, or for itself.

import type { Trx } from '../db/client.ts'
import { claudiaModeOf, findInbox } from '../db/inboxes.ts'
import { findUser } from '../db/users.ts'

interface ConversationAt {
  accountId: number
  conversationId: number
}

/** Undefined: it may. Asked in the transaction that queues its answer. */
export async function refusalToBot(
  trx: Trx,
  at: ConversationAt,
): Promise<'conversation_taken' | 'claudia_silent' | undefined> {
  const row = await lock(trx, at)
  const inbox = row && (await findInbox(trx, at.accountId, row.inbox_id))
  if (!inbox || claudiaModeOf(inbox) !== 'on') return 'claudia_silent'
  return (await isPerson(trx, at, row.assignee_id)) ? 'conversation_taken' : undefined
}

/** Then it is not a bot's to resolve or to hand over, in the transaction that would. */
export async function isTakenByPerson(trx: Trx, at: ConversationAt): Promise<boolean> {
  return isPerson(trx, at, (await lock(trx, at))?.assignee_id ?? null)
}

function lock(trx: Trx, { accountId, conversationId }: ConversationAt) {
  return trx
    .selectFrom('conversations')
    .select(['assignee_id', 'inbox_id'])
    .where('account_id', '=', accountId)
    .where('id', '=', conversationId)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

async function isPerson(
  trx: Trx,
  { accountId }: ConversationAt,
  userId: number | null,
): Promise<boolean> {
  const user = userId === null ? undefined : await findUser(trx, accountId, userId)
  return user !== undefined && user.role !== 'bot'
}
