// What is known about an event when its rules are judged, and whether anybody may speak because of it.

import { sql } from 'kysely'
import type { Database, Trx } from '../db/client.ts'
import type { EventAttributes } from '../domain/automation.ts'
import type { ChannelType } from '../domain/inbox.ts'
import type { MessageOrigin } from '../domain/message.ts'
import type { ClaudiaMode } from '../domain/speaking.ts'

export interface Trigger {
  messageId: number | null
  origin: MessageOrigin
  automatic: boolean
  /** When it reached the inbox. */
  at: Date
  /** What rules can see of the message. */
  attributes: EventAttributes
}

/** The parts of a conversation that rules change. */
export interface ConversationState {
  status: 'open' | 'pending' | 'resolved' | 'snoozed'
  priority: 'low' | 'medium' | 'high' | 'urgent' | null
  labels: string[]
  assignee_id: number | null
  team_id: number | null
  attention_reason: string | null
  snoozed_until: Date | null
  muted: boolean
}

/** A conversation as rules see it: what they cannot change, and whose it is. */
export interface Talk {
  accountId: number
  id: number
  inboxId: number
  channel: ChannelType
  claudiaId: number | null
  speaking: SpeakingRow
  /** Flat attributes of the conversation and its contact that stay while rules run. */
  fixed: EventAttributes
}

export interface SpeakingRow {
  claudia: ClaudiaMode
  maxAgeSeconds: number
}

/** A message as the trigger of an event; `eventAt` stands in for events without a message. */
export async function triggerOf(
  trx: Database,
  accountId: number,
  messageId: number | null,
  eventAt: Date,
): Promise<Trigger> {
  const row =
    messageId === null
      ? undefined
      : await trx
          .selectFrom('messages')
          .selectAll()
          .where('account_id', '=', accountId)
          .where('id', '=', messageId)
          .executeTakeFirst()
  if (!row) {
    return { messageId: null, origin: 'authored', automatic: false, at: eventAt, attributes: {} }
  }
  const facts = row.content_attributes as Record<string, unknown>
  const from = facts.from as { address?: string } | null | undefined
  return {
    messageId: row.id,
    origin: row.origin,
    automatic: facts.automatic === true,
    at: row.delivered_at ?? row.sent_at,
    attributes: {
      message_type: row.direction,
      content: row.content,
      content_type: row.content_type,
      private: row.private,
      from: from?.address ?? null,
    },
  }
}

export function attributesOf(
  { fixed, claudiaId }: Pick<Talk, 'fixed' | 'claudiaId'>,
  state: ConversationState,
  trigger: Trigger,
): EventAttributes {
  return {
    ...fixed,
    ...trigger.attributes,
    status: state.status,
    priority: state.priority,
    labels: state.labels,
    team_id: state.team_id,
    assignee_id: state.assignee_id,
    assignee:
      state.assignee_id !== null && state.assignee_id === claudiaId ? 'claudia' : state.assignee_id,
  }
}

/**
 * Whether a person wrote to the contact after the trigger, here or in another program. An answer read
 * from Sent may lie in a conversation of its own, when it came before the mail it answers.
 */
export async function answeredByPerson(
  trx: Trx,
  accountId: number,
  conversationId: number,
  trigger: Pick<Trigger, 'at' | 'messageId'>,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from messages m
    left join users u on u.account_id = m.account_id and u.id = m.user_id
    where m.account_id = ${accountId} and m.conversation_id in (
        select ${conversationId}::bigint
        union all
        select r.conversation_id from messages t
        join message_refs r on r.inbox_id = t.inbox_id and r.reference = t.source_id
        where t.account_id = ${accountId} and t.id = ${trigger.messageId}::bigint
      )
      and m.direction = 'outgoing' and not m.private and m.sent_at > ${trigger.at}
      and m.id is distinct from ${trigger.messageId}::bigint
      and u.role is distinct from 'bot' and m.content_attributes->>'automatic' is null
    limit 1`.execute(trx)
  return rows.length > 0
}
