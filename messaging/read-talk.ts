// A conversation with its inbox and contact, locked, as its rules see it.

import type { Database } from '../db/client.ts'
import { claudiaModeOf, findInbox } from '../db/inboxes.ts'
import { CLAUDIA, findUserByKey } from '../db/users.ts'
import type { EventAttributes } from '../domain/automation.ts'
import { type AttributeTarget, customName } from '../domain/custom-attributes.ts'
import type { ConversationState, Talk } from './trigger-facts.ts'

export interface ReadTalk {
  talk: Talk
  state: ConversationState
  held: boolean
  handledSeq: number
}

/** Undefined when the conversation, or its inbox, does not exist any more. */
export async function readTalk(
  db: Database,
  accountId: number,
  conversationId: number,
  { lock }: { lock: boolean },
): Promise<ReadTalk | undefined> {
  const row = await db
    .selectFrom('conversations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', conversationId)
    .$if(lock, (query) => query.forNoKeyUpdate())
    .executeTakeFirst()
  const inbox = row && (await findInbox(db, accountId, row.inbox_id))
  if (!row || !inbox) return undefined
  const contact = await db
    .selectFrom('contacts')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', row.contact_id)
    .executeTakeFirstOrThrow()
  const claudia = await findUserByKey(db, accountId, CLAUDIA)
  const talk: Talk = {
    accountId,
    id: conversationId,
    inboxId: inbox.id,
    channel: inbox.channel,
    claudiaId: claudia?.id ?? null,
    speaking: { claudia: claudiaModeOf(inbox), maxAgeSeconds: inbox.claudia_max_age_seconds },
    fixed: {
      inbox_id: inbox.id,
      channel: inbox.channel,
      subject: row.subject,
      created_at: row.created_at,
      last_message_at: row.last_message_at,
      'contact.name': contact.name,
      'contact.email': contact.email,
      'contact.phone_number': contact.phone_number,
      'contact.identifier': contact.identifier,
      'contact.created_at': contact.created_at,
      ...customOf('contact', contact.custom_attributes),
      ...customOf('conversation', row.custom_attributes),
    },
  }
  const { status, priority, labels, assignee_id, team_id, attention_reason } = row
  const { snoozed_until, muted } = row
  return {
    talk,
    held: inbox.held_since !== null,
    handledSeq: row.handled_seq,
    state: {
      status,
      priority,
      labels: [...labels],
      assignee_id,
      team_id,
      attention_reason,
      snoozed_until,
      muted,
    },
  }
}

function customOf(target: AttributeTarget, values: unknown): EventAttributes {
  return Object.fromEntries(
    Object.entries(values as EventAttributes).map(([key, value]) => [
      customName(target, key),
      value,
    ]),
  )
}
