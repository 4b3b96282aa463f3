// Conversations of a page's threads: new ones made, old ones counted further. Status: the callers.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { takeDisplayIds } from '../db/accounts.ts'
import { recordset, takeIds } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import type { ConversationStatus } from '../domain/conversation.ts'
import { identityOf } from './inbound-contacts.ts'
import type { InboxRef } from './message-rows.ts'
import type { Thread } from './threads.ts'

/** A thread with its conversation; `isNew`: made for it now. */
export interface PlacedThread extends Thread {
  conversationId: number
  isNew: boolean
}

const bySentAt = (a: InboundMessage, b: InboundMessage) => a.sentAt.getTime() - b.sentAt.getTime()

export async function placeThreads(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  threads: readonly Thread[],
  contacts: ReadonlyMap<string, number>,
  statusOf: (thread: Thread, lastMessageAt: Date) => ConversationStatus,
): Promise<PlacedThread[]> {
  const fresh = threads.filter(({ conversationId }) => conversationId === undefined)
  const ids = await takeIds(trx, 'conversation_ids', fresh.length)
  const idOf = new Map(fresh.map((thread, at) => [thread, ids[at]!]))
  if (fresh.length > 0) {
    const firstDisplayId = await takeDisplayIds(trx, accountId, fresh.length)
    const rows = fresh.map((thread, at) => {
      const inOrder = thread.messages.toSorted(bySentAt)
      const [first, last] = [inOrder[0]!, inOrder.at(-1)!]
      return {
        id: idOf.get(thread),
        display_id: firstDisplayId + at,
        contact_id: contacts.get(identityOf(first.contact)),
        status: statusOf(thread, last.sentAt),
        subject: first.subject,
        message_count: thread.messages.length,
        first_message_at: first.sentAt,
        last_message_at: last.sentAt,
      }
    })
    await sql`
      insert into conversations (account_id, inbox_id, id, display_id, contact_id, status, subject,
        message_count, first_message_at, last_message_at)
      select ${accountId}::bigint, ${inboxId}::bigint, row.* from ${recordset(
        rows,
        `id bigint, display_id bigint, contact_id bigint, status text, subject text,
         message_count int, first_message_at timestamptz, last_message_at timestamptz`,
      )}`.execute(trx)
  }
  await countFurther(
    trx,
    accountId,
    threads.filter(({ conversationId }) => conversationId !== undefined),
  )
  return threads.map((thread) => ({
    ...thread,
    conversationId: thread.conversationId ?? idOf.get(thread)!,
    isNew: thread.conversationId === undefined,
  }))
}

/** One row per conversation, in the order of ids: UPDATE ... FROM would apply only one of several. */
async function countFurther(trx: Trx, accountId: number, threads: readonly Thread[]) {
  if (threads.length === 0) return
  const rows = threads
    .map(({ conversationId, messages }) => {
      const inOrder = messages.toSorted(bySentAt)
      return {
        id: conversationId!,
        count: messages.length,
        first: inOrder[0]!.sentAt,
        last: inOrder.at(-1)!.sentAt,
      }
    })
    .sort((a, b) => a.id - b.id)
  const ids = rows.map(({ id }) => id)
  const page = recordset(rows, 'id bigint, count int, first timestamptz, last timestamptz')
  await sql`
    with locked as (
      select c.id from conversations c where c.account_id = ${accountId}
        and c.id = any(${ids}::bigint[]) order by c.id for no key update
    )
    update conversations c set
      message_count = c.message_count + page.count,
      first_message_at = least(c.first_message_at, page.first),
      last_message_at = greatest(c.last_message_at, page.last),
      updated_at = now()
    from locked, (select * from ${page}) page
    where c.account_id = ${accountId} and c.id = any(${ids}::bigint[])
      and c.id = locked.id and page.id = locked.id`.execute(trx)
}
