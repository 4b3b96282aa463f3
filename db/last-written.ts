// How and when the contact last wrote in a conversation: whom an answer goes to, and for how long.

import { sql } from 'kysely'
import type { Database } from './client.ts'

export interface LastWritten {
  /** The contact as the channel names them. */
  from: string
  /** What was written before the channel was connected opens no window: then this is 1970. */
  at: Date
}

/** Undefined: never, or not on this channel. */
export async function lastWritten(
  db: Database,
  { accountId, conversationId }: { accountId: number; conversationId: number },
): Promise<LastWritten | undefined> {
  const row = await db
    .selectFrom('messages')
    .select([
      'delivered_at',
      'origin',
      sql<string | null>`content_attributes ->> 'from'`.as('from'),
    ])
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'incoming')
    .where('delivered_at', 'is not', null)
    .orderBy(sql`origin = 'history'`)
    .orderBy('delivered_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row?.from || !row.delivered_at) return undefined
  return { from: row.from, at: row.origin === 'history' ? new Date(0) : row.delivered_at }
}
