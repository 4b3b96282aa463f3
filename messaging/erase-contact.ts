// A contact is erased (LGPD art. 18 VI, GDPR art. 17): the person, their conversations, what they
// wrote elsewhere. In batches, each repeatable; mails of others that mention the person stay.

import { sql } from 'kysely'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { releaseObjects } from '../db/stored-objects.ts'
import { addToTimeline } from '../db/timeline.ts'
import { deleteConversations, deleteMessages } from './delete-messages.ts'
import { lockStoring } from './known-messages.ts'
import { buryPerson } from './tombstones.ts'

export interface ContactRef {
  accountId: number
  contactId: number
}

/** Locks of a batch are held for all of it, and every inbox of the account waits. */
const CONVERSATIONS = 20
const MESSAGES = 500

/** A message of the contact is going out this very moment: how it ends must still be recorded. */
export class MessageUnderWay extends Error {
  constructor() {
    super('A message of the contact is under way')
    this.name = 'MessageUnderWay'
  }
}

/**
 * From here on nothing leads to the contact: history and late mail of the person are left out, what
 * they write now makes a new contact and a new conversation.
 */
export function forgetContact(
  db: Database,
  { accountId, contactId }: ContactRef,
  now: Date,
): Promise<void> {
  return inTransaction(db, async (trx) => {
    await lockAccount(trx, accountId)
    const identities = await trx
      .deleteFrom('contact_identities')
      .where('account_id', '=', accountId)
      .where('contact_id', '=', contactId)
      .returning(['kind', 'value'])
      .execute()
    await buryPerson(trx, accountId, identities, now)
    const values = identities.map(({ value }) => value)
    await sql`
      delete from widget_sightings where account_id = ${accountId}
        and kind not in ('origin_allowed', 'origin_blocked') and value = any(${values}::text[])
    `.execute(trx)
    await sql`
      delete from message_refs where account_id = ${accountId} and conversation_id in (
        select id from conversations where account_id = ${accountId} and contact_id = ${contactId}
      )`.execute(trx)
    await trx
      .updateTable('contacts')
      .set({ name: '', email: null, phone_number: null, identifier: null, custom_attributes: {} })
      .where('account_id', '=', accountId)
      .where('id', '=', contactId)
      .execute()
  })
}

export interface Erased {
  conversations: number
  messages: number
  /** Nothing of the contact is left. */
  done: boolean
}

/** After forgetContact, until it is done. @throws MessageUnderWay */
export function eraseContactBatch(db: Database, ref: ContactRef): Promise<Erased> {
  const { accountId, contactId } = ref
  return inTransaction(db, async (trx) => {
    await lockAccount(trx, accountId)
    const { rows: talks } = await sql<{ id: number; inbox_id: number }>`
      select id, inbox_id from conversations
      where account_id = ${accountId} and contact_id = ${contactId}
      order by id limit ${CONVERSATIONS} for update`.execute(trx)
    if (talks.length > 0) {
      const ids = talks.map(({ id }) => id)
      await refuseWhileUnderWay(trx, accountId, ids)
      await forgetReplies(trx, accountId, ids)
      const messages = await deleteConversations(trx, accountId, ids)
      for (const [inboxId, own] of Map.groupBy(talks, ({ inbox_id }) => inbox_id)) {
        const counts = { contact_id: contactId, conversations: own.length }
        await addToTimeline(trx, { accountId, inboxId }, 'contact_erased', counts)
      }
      return { conversations: ids.length, messages, done: false }
    }
    const { rows: elsewhere } = await sql<{ id: number }>`
      select id from messages where account_id = ${accountId} and contact_id = ${contactId}
      order by id limit ${MESSAGES}`.execute(trx)
    const ids = elsewhere.map(({ id }) => id)
    if (ids.length > 0) {
      await deleteMessages(trx, accountId, ids)
      return { conversations: 0, messages: ids.length, done: false }
    }
    await forgetExports(trx, ref)
    await trx
      .deleteFrom('contacts')
      .where('account_id', '=', accountId)
      .where('id', '=', contactId)
      .execute()
    return { conversations: 0, messages: 0, done: true }
  })
}

/** No page of any inbox is being stored meanwhile: each is stored wholly before this or after. */
async function lockAccount(trx: Trx, accountId: number): Promise<void> {
  const inboxes = await trx
    .selectFrom('inboxes')
    .select('id')
    .where('account_id', '=', accountId)
    .orderBy('id')
    .execute()
  for (const { id } of inboxes) await lockStoring(trx, id)
}

async function refuseWhileUnderWay(trx: Trx, accountId: number, ids: number[]): Promise<void> {
  const row = await trx
    .selectFrom('messages')
    .select('id')
    .where('account_id', '=', accountId)
    .where('conversation_id', 'in', ids)
    .where('status', '=', 'transmitting')
    .executeTakeFirst()
  if (row) throw new MessageUnderWay()
}

/** What requests were answered, kept for their repetition, holds the words of messages. */
async function forgetReplies(trx: Trx, accountId: number, talks: number[]): Promise<void> {
  await sql`
    delete from idempotency_keys where account_id = ${accountId} and (
      substring(path from '/conversations/(\\d+)/')::bigint = any(${talks}::bigint[])
      or substring(path from '/messages/(\\d+)/')::bigint in (select id from messages
        where account_id = ${accountId} and conversation_id = any(${talks}::bigint[])))`.execute(
    trx,
  )
}

/** Also one that is being written: it finds that nobody wants it any more, and is swept. */
async function forgetExports(trx: Trx, { accountId, contactId }: ContactRef): Promise<void> {
  await trx
    .updateTable('privacy_requests')
    .set({ status: 'failed', reason: 'contact_gone' })
    .where('account_id', '=', accountId)
    .where('contact_id', '=', contactId)
    .where('kind', '=', 'export')
    .where('status', 'in', ['waiting', 'running'])
    .execute()
  const { rows } = await sql<{ storage_key: string | null }>`
    with old as (
      select id, storage_key from privacy_requests
      where account_id = ${accountId} and contact_id = ${contactId} and storage_key is not null
    )
    update privacy_requests p set storage_key = null, status = 'expired' from old
    where p.account_id = ${accountId} and p.id = old.id returning old.storage_key`.execute(trx)
  await releaseObjects(
    trx,
    accountId,
    rows.map(({ storage_key }) => storage_key),
  )
}
