// An outgoing message becomes durable before anything is sent; its Message-ID is made here, once.

import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import { takeIds } from '../db/batch.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { oweWords } from '../db/message-words.ts'
import { addToOutbox } from '../db/outbox.ts'
import { readInOrder } from '../db/reading-order.ts'
import { tellWebhooks } from '../db/webhook-deliveries.ts'
import { type Condition, mayHold } from '../domain/automation.ts'
import { arrivesWhenWritten } from '../domain/inbox.ts'
import type { ContentType } from '../domain/message.ts'
import { type AttachedFile, attachFiles } from './attach-files.ts'

export interface Outgoing {
  accountId: number
  conversationId: number
  /** Null: written by a rule. */
  userId: number | null
  content: string
  contentType?: ContentType | undefined
  attributes?: Record<string, unknown> | undefined
  files?: readonly AttachedFile[] | undefined
  /** A note for colleagues: stored, never sent. */
  private?: boolean | undefined
  /** Written by a robot: triggers no rule, and is sent so that no other robot answers it. */
  automatic?: boolean | undefined
  /** Right side of the Message-ID; the inbox's own domain when absent. */
  sourceDomain?: string | undefined
}

export interface Queued {
  messageId: number
  inboxId: number
  /** Null for a private note. */
  seq: number | null
  /** Null for what needs no sending. */
  sourceId: string | null
}

/** No such conversation in the account. */
export class ConversationNotFound extends Error {
  constructor(conversationId: number) {
    super(`There is no conversation ${conversationId}`)
    this.name = 'ConversationNotFound'
  }
}

/** @throws ConversationNotFound */
export function queueOutgoing(db: Database, outgoing: Outgoing): Promise<Queued> {
  return inTransaction(db, async (trx) => {
    const conversation = await lock(trx, outgoing)
    const { inbox_id: inboxId } = conversation
    const isNote = outgoing.private === true
    const isThere = isNote || arrivesWhenWritten(conversation.channel)
    const seq = isNote ? null : conversation.last_seq + 1
    const sourceId = isThere ? null : messageIdFor(outgoing.sourceDomain ?? conversation.address)
    const [messageId] = await takeIds(trx, 'message_ids', 1)
    await insert(trx, outgoing, { messageId: messageId!, inboxId, seq, sourceId })
    await readInOrder(trx, outgoing.accountId, [messageId!])
    await attachFiles(trx, outgoing.accountId, messageId!, outgoing.files ?? [])
    await count(trx, outgoing, seq ?? conversation.last_seq)
    const { accountId, conversationId } = outgoing
    if (sourceId !== null) {
      // The answer to it threads here.
      await trx
        .insertInto('message_refs')
        .values({
          account_id: accountId,
          inbox_id: inboxId,
          reference: sourceId,
          conversation_id: conversationId,
        })
        .execute()
    }
    if (seq !== null) {
      const about = { inboxId, conversationId, seq, messageId: messageId! }
      await addToOutbox(trx, accountId, [
        ...(sourceId === null ? [] : [{ topic: 'send' as const, event: 'send', ...about }]),
        ...((await mayConcernRules(trx, outgoing, inboxId))
          ? [{ topic: 'conversation' as const, event: 'message_created', ...about }]
          : []),
      ])
    }
    if (!isNote) {
      const told = { conversationId, event: 'message.created' as const, messageId: messageId! }
      await tellWebhooks(trx, { accountId, inboxId }, [told])
    }
    await addAccountEvents(trx, accountId, [
      {
        kind: 'message.created',
        data: { inbox_id: inboxId, conversation_id: conversationId, message_ids: [messageId] },
      },
    ])
    return { messageId: messageId!, inboxId, seq, sourceId }
  })
}

async function lock(trx: Trx, { accountId, conversationId }: Outgoing) {
  const row = await trx
    .selectFrom('conversations as c')
    .innerJoin('inboxes as i', (join) =>
      join.onRef('i.account_id', '=', 'c.account_id').onRef('i.id', '=', 'c.inbox_id'),
    )
    .select(['c.inbox_id', 'c.last_seq', 'i.address', 'i.channel'])
    .where('c.account_id', '=', accountId)
    .where('c.id', '=', conversationId)
    .forNoKeyUpdate('c')
    .executeTakeFirst()
  if (!row) throw new ConversationNotFound(conversationId)
  return row
}

async function insert(
  trx: Trx,
  outgoing: Outgoing,
  { messageId, inboxId, seq, sourceId }: Queued,
): Promise<void> {
  const { accountId, conversationId, automatic, attributes } = outgoing
  await trx
    .insertInto('messages')
    .values({
      account_id: accountId,
      id: messageId,
      conversation_id: conversationId,
      inbox_id: inboxId,
      direction: 'outgoing',
      origin: 'authored',
      private: outgoing.private === true,
      seq,
      user_id: outgoing.userId,
      content: outgoing.content,
      content_type: outgoing.contentType ?? 'text',
      content_attributes: { ...attributes, ...(automatic ? { automatic: true } : {}) },
      source_id: sourceId,
      status: sourceId === null ? 'sent' : 'queued',
      sent_at: sql<Date>`now()`,
    })
    .execute()
  await oweWords(trx, accountId, [messageId])
}

async function count(trx: Trx, { accountId, conversationId }: Outgoing, lastSeq: number) {
  await trx
    .updateTable('conversations')
    .set({
      last_seq: lastSeq,
      message_count: sql<number>`message_count + 1`,
      last_message_at: sql<Date>`greatest(last_message_at, now())`,
      updated_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', conversationId)
    .execute()
}

/** An event that no rule can be about would cost a workflow for every answer. */
async function mayConcernRules(
  trx: Trx,
  { accountId, conversationId, automatic }: Outgoing,
  inboxId: number,
): Promise<boolean> {
  if (automatic) return false
  const rules = await trx
    .selectFrom('automation_rules')
    .select('conditions')
    .where('account_id', '=', accountId)
    .where('event', '=', 'message_created')
    .where('active', '=', true)
    .execute()
  const known = { message_type: 'outgoing', inbox_id: inboxId }
  if (await isAnswerAwaited(trx, accountId, conversationId)) return true
  return rules.some(({ conditions }) => mayHold(conditions as Condition, known))
}

/** A run of a rule sleeps until people have answered, or an automation wants to hear of it. */
async function isAnswerAwaited(
  trx: Trx,
  accountId: number,
  conversationId: number,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from rule_runs r
    where r.account_id = ${accountId} and r.conversation_id = ${conversationId} and (
      (r.finished_at is null and r.waits_for = 'agent') or exists (
        select from action_receipts a where a.account_id = r.account_id and a.run_id = r.id
          and a.action = 'run_workflow' and a.outcome = 'pending'))
    limit 1`.execute(trx)
  return rows.length > 0
}

/** Unique for ever, and says nothing about us (RFC 5322 3.6.4). Without angle brackets. */
function messageIdFor(addressOrDomain: string): string {
  const domain = addressOrDomain.split('@').at(-1)!
  return `${randomUUID()}@${/^[\w.-]+$/.test(domain) ? domain : 'inboxes.invalid'}`
}
