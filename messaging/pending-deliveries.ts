// What ClaudIA is to be told of a conversation: of several messages in a row the last, once the
// contact has been quiet for a moment. She reads the others with it.

import type { Trx } from '../db/client.ts'
import { settleBotEvent } from './finish-bot-event.ts'
import type { Talk } from './trigger-facts.ts'

export interface NextDelivery {
  /** At most one. */
  deliveries: string[]
  /** Until then another message may come. */
  quietUntil: Date | null
}

export async function nextDelivery(
  trx: Trx,
  { accountId, id }: Talk,
  now: Date,
  quietMs: number,
): Promise<NextDelivery> {
  const pending = await trx
    .selectFrom('bot_events as b')
    .innerJoin('rule_runs as r', (join) =>
      join.onRef('r.account_id', '=', 'b.account_id').onRef('r.id', '=', 'b.run_id'),
    )
    .select(['b.id', 'b.created_at', 'b.tries'])
    .where('b.account_id', '=', accountId)
    .where('b.conversation_id', '=', id)
    .where('b.status', '=', 'pending')
    .orderBy('r.seq')
    .orderBy('b.step')
    .execute()
  const last = pending.pop()
  if (!last) return { deliveries: [], quietUntil: null }
  for (const { id: earlier } of pending) {
    await settleBotEvent(trx, accountId, earlier, 'skipped', 'answered_with_later')
  }
  const quietUntil = new Date(last.created_at.getTime() + quietMs)
  if (last.tries === 0 && quietUntil > now) return { deliveries: [], quietUntil }
  return { deliveries: [last.id], quietUntil: null }
}
