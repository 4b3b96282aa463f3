// What became of a message after it was written: taken back, corrected, reacted to. In whatever
// order it is told, the latest counts; what is told before its message waits for it.

import { sql } from 'kysely'
import type { ChangeEvent } from '../channels/webhook.ts'
import { addAccountEvents } from '../db/account-events.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import { oweWords } from '../db/message-words.ts'
import { releaseObjects } from '../db/stored-objects.ts'
import type { InboxRef } from './message-rows.ts'

type Change = Pick<ChangeEvent, 'change' | 'at'>

export async function changeMessage(
  trx: Trx,
  inbox: InboxRef,
  { externalId, change, at }: ChangeEvent,
): Promise<void> {
  const { accountId, inboxId } = inbox
  const message = await lockMessage(trx, inbox, externalId)
  if (message) return apply(trx, inbox, message, { change, at })
  await trx
    .insertInto('waiting_changes')
    .values({
      account_id: accountId,
      inbox_id: inboxId,
      external_id: externalId,
      change,
      changed_at: at,
    })
    .execute()
}

/** To be called once messages are stored that changes may be waiting for. */
export async function applyWaitingChanges(
  trx: Trx,
  inbox: InboxRef,
  externalIds: readonly string[],
): Promise<void> {
  if (externalIds.length === 0) return
  const { rows } = await sql<{ external_id: string; change: Change['change']; changed_at: Date }>`
    delete from waiting_changes w using ${recordset(
      externalIds.map((external_id) => ({ external_id })),
      'external_id text',
    )}
    where w.inbox_id = ${inbox.inboxId} and w.external_id = row.external_id
      and w.account_id = ${inbox.accountId}
    returning w.external_id, w.change, w.changed_at`.execute(trx)
  for (const { external_id, change, changed_at: at } of rows) {
    const message = await lockMessage(trx, inbox, external_id)
    if (message) await apply(trx, inbox, message, { change, at })
  }
}

/** What the attributes keep of changes, shown by the API. Times are ISO-8601. */
interface ChangeMarks {
  deleted_at?: string
  edited_at?: string
  reactions?: Partial<Record<'contact' | 'account', { emoji: string | null; at: string }>>
}

interface ChangedMessage {
  id: number
  conversation_id: number
  content: string
  content_attributes: unknown
}

function lockMessage(trx: Trx, { accountId, inboxId }: InboxRef, externalId: string) {
  return trx
    .selectFrom('messages')
    .select(['id', 'conversation_id', 'content', 'content_attributes'])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('external_id', '=', externalId)
    .forUpdate()
    .executeTakeFirst()
}

async function apply(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  message: ChangedMessage,
  change: Change,
): Promise<void> {
  const next = changed(message, change)
  if (!next) return
  await trx
    .updateTable('messages')
    .set({ ...next, updated_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', message.id)
    .execute()
  await oweWords(trx, accountId, [message.id])
  if (change.change.what === 'deleted') await dropFiles(trx, accountId, message.id)
  await addAccountEvents(trx, accountId, [
    {
      kind: 'message.updated',
      data: {
        message_id: message.id,
        conversation_id: message.conversation_id,
        inbox_id: inboxId,
      },
    },
  ])
}

/** Undefined: it is no news. What was taken back shows nothing any more, whatever comes later. */
function changed(
  { content, content_attributes }: ChangedMessage,
  { change, at }: Change,
): { content: string; content_attributes: object } | undefined {
  const before = content_attributes as ChangeMarks & Record<string, unknown>
  const when = at.toISOString()
  if (before.deleted_at !== undefined) return undefined
  const becomes = (text: string, marks: object) => ({ content: text, content_attributes: marks })
  if (change.what === 'deleted') {
    // Only what threads it and places it stays.
    const { subject, references, product, account, from } = before
    return becomes('', { subject, references, product, account, from, deleted_at: when })
  }
  if (change.what === 'edited') {
    if (before.edited_at !== undefined && before.edited_at >= when) return undefined
    return becomes(change.text, { ...before, edited_at: when })
  }
  const { by, emoji } = change
  const known = before.reactions?.[by]
  if (known !== undefined && known.at >= when) return undefined
  const reactions = { ...before.reactions, [by]: { emoji, at: when } }
  return becomes(content, { ...before, reactions })
}

async function dropFiles(trx: Trx, accountId: number, messageId: number): Promise<void> {
  const files = await trx
    .deleteFrom('attachments')
    .where('account_id', '=', accountId)
    .where('message_id', '=', messageId)
    .returning('storage_key')
    .execute()
  await releaseObjects(
    trx,
    accountId,
    files.map(({ storage_key }) => storage_key),
  )
}
