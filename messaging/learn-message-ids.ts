// Message-IDs that providers gave our mails in place of ours. From then on they are what the mail is
// called; ours stays in the attempt and leads to the conversation as before.

import { sql } from 'kysely'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'

export async function learnMessageIds(
  trx: Trx,
  accountId: number,
  learnt: readonly { messageId: number; sourceId: string }[],
): Promise<void> {
  if (learnt.length === 0) return
  const rows = learnt.map(({ messageId, sourceId }) => ({ id: messageId, source_id: sourceId }))
  const ids = rows.map(({ id }) => id)
  await sql`
    with renamed as (
      update messages m set source_id = row.source_id
      from ${recordset(rows, 'id bigint, source_id text')}
      where m.account_id = ${accountId} and m.id = any(${ids}::bigint[])
        and m.id = row.id and m.origin = 'authored'
        and m.source_id <> row.source_id
      returning m.account_id, m.inbox_id, m.source_id, m.conversation_id
    )
    insert into message_refs (account_id, inbox_id, reference, conversation_id)
    select account_id, inbox_id, source_id, conversation_id from renamed
    on conflict do nothing`.execute(trx)
}
