// What incoming mail tells about our own: a bounce that it failed, an answer that it arrived. Our
// Message-IDs are random, so who names one has seen the mail or what became of it.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import { evidenceOf } from '../domain/failures.ts'
import type { MessageStatus } from '../domain/message.ts'
import { applyStatusTo, type StatusFacts } from './apply-status.ts'
import type { InboxRef } from './message-rows.ts'

/** Settles the messages of this inbox that the mails name; anything else is left alone. */
export async function settleAnswered(
  trx: Trx,
  inbox: InboxRef,
  messages: readonly InboundMessage[],
): Promise<void> {
  const news = messages.flatMap((message) => newsIn(message) ?? [])
  if (news.length === 0) return
  const found = await authoredBy(
    trx,
    inbox,
    news.map(({ about }) => about),
  )
  for (const { about, status, facts, onlyUnconfirmed } of news) {
    for (const message of found.filter(({ reference }) => reference === about)) {
      if (onlyUnconfirmed && message.status !== 'unconfirmed') continue
      await applyStatusTo(trx, inbox.accountId, message.id, status, facts)
    }
  }
}

interface News {
  /** Message-ID of ours. */
  about: string
  status: MessageStatus
  facts: StatusFacts
  /** It only settles what we did not know: whether the message had gone out. */
  onlyUnconfirmed: boolean
}

function newsIn({
  direction,
  report,
  references,
  automatic,
  attributes,
}: InboundMessage): News | null {
  if (direction !== 'incoming') return null
  const settles = (about: string, status: MessageStatus): News => {
    return { about, status, facts: {}, onlyUnconfirmed: true }
  }
  if (report === undefined) {
    // Only the parent: the ids behind it are what our own References claimed.
    const parent = references[0]
    const isBounce = automatic && attributes.nature === 'bounce'
    // No Message-ID holds a space: a chat's reference names its contact.
    const isMail = parent !== undefined && !parent.includes(' ')
    return isMail && !isBounce ? settles(parent, 'delivered') : null
  }
  const { originalMessageId: about, recipients, kind } = report
  if (about === null) return null
  if (kind === 'complaint') return settles(about, 'delivered')
  const failed = recipients.find(({ action }) => action === 'failed')
  if (failed !== undefined) {
    const { address, status, diagnostic } = failed
    const evidence = evidenceOf([address, diagnostic || status].filter(Boolean).join(': '))
    return { about, status: 'failed', facts: { code: 'bounced', evidence }, onlyUnconfirmed: false }
  }
  if (recipients.every(({ action }) => action === 'delivered')) {
    return { about, status: 'delivered', facts: {}, onlyUnconfirmed: false }
  }
  return settles(about, 'sent')
}

/** A provider may have given the mail another Message-ID; the one of the attempt counts as well. */
async function authoredBy(trx: Trx, { accountId, inboxId }: InboxRef, references: string[]) {
  const asked = recordset(
    [...new Set(references)].map((reference) => ({ reference })),
    'reference text',
  )
  const { rows } = await sql<{ id: number; status: MessageStatus; reference: string }>`
    select m.id, m.status, row.reference
    from ${asked}
    join message_refs r on r.inbox_id = ${inboxId} and r.reference = row.reference
    join messages m on m.account_id = ${accountId} and m.conversation_id = r.conversation_id
    where m.inbox_id = ${inboxId} and m.origin = 'authored' and (
      m.source_id = row.reference or exists (
        select from send_attempts a where a.account_id = m.account_id and a.message_id = m.id
          and a.source_id = row.reference
      ))`.execute(trx)
  return rows
}
