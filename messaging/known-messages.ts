// Which mails of a page are stored already, by place, by identity or because we sent them ourselves.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import type { MessageOrigin, MessageStatus } from '../domain/message.ts'

export interface KnownMessage {
  messageId: number
  conversationId: number
  origin: MessageOrigin
  status: MessageStatus
  externalId: string | null
  /** It already lies at the place the page found it at. */
  sameLocation: boolean
  /** What it says is not there yet: only that there is something. */
  placeholder: boolean
}

export interface Sorted {
  /** Each with the stored message it is. */
  known: { message: InboundMessage; as: KnownMessage }[]
  /**
   * Once each: a page may hold the same mail in two places. One whose Message-ID another mail has
   * already carries `shared_message_id` in its attributes.
   */
  fresh: InboundMessage[]
  /** Copies of `fresh` mails within the page, which only add a location. */
  copies: InboundMessage[]
}

/** One page of an inbox is stored at a time, so what is unknown now is still unknown when written. */
export async function lockStoring(trx: Trx, inboxId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('store/' || ${inboxId}::text, 0))`.execute(
    trx,
  )
}

export async function sortKnown(
  trx: Trx,
  inboxId: number,
  messages: readonly InboundMessage[],
): Promise<Sorted> {
  const rows = messages.map((message, at) => ({
    at,
    external_id: message.externalId,
    source_id: message.sourceId,
    alias: message.aliases?.[0] ?? null,
    outgoing: message.direction === 'outgoing',
    // Anybody may copy our Message-ID and From into a mail to us: then the words must be ours too.
    claimed_text:
      message.direction === 'outgoing' && !message.sentByAccount ? message.text.trim() : null,
    // An echo may be quicker than the provider's reply to our send, which alone names the message.
    echo_in: isEcho(message) ? (message.references[0] ?? null) : null,
    text: message.text.trim(),
    folder: message.location?.folder ?? null,
    uidvalidity: message.location ? String(message.location.uidValidity) : null,
    uid: message.location?.uid ?? null,
  }))
  const page = recordset(
    rows,
    `at int, external_id text, source_id text, alias text, outgoing boolean, claimed_text text,
     echo_in text, text text, folder text, uidvalidity bigint, uid bigint`,
  )
  // Row by row through the indexes: a join would be planned by statistics that are not there yet
  // in an import's first minutes, and read the whole inbox for each page.
  const { rows: found } = await sql<Row>`
    select page.at, hit.rank, hit.id, hit.conversation_id, hit.origin, hit.status, hit.external_id,
      hit.content_attributes ? 'unavailable' as placeholder from (select * from ${page}) page cross join lateral (
      select 0 as rank, m.id, m.conversation_id, m.origin, m.status, m.external_id, m.content_attributes
      from message_locations l join messages m on m.account_id = l.account_id and m.id = l.message_id
      where l.inbox_id = ${inboxId} and l.folder = page.folder
        and l.uidvalidity = page.uidvalidity and l.uid = page.uid
      union all
      select 1, m.id, m.conversation_id, m.origin, m.status, m.external_id, m.content_attributes from messages m
      where m.inbox_id = ${inboxId} and m.external_id = page.external_id
      union all
      select 2, m.id, m.conversation_id, m.origin, m.status, m.external_id, m.content_attributes from messages m
      where m.inbox_id = ${inboxId} and m.source_id in (page.source_id, page.alias)
        and m.origin = 'authored'
        and page.outgoing and (page.claimed_text is null or page.claimed_text = btrim(m.content, ${SPACES}))
      union all
      select 2, m.id, m.conversation_id, m.origin, m.status, m.external_id, m.content_attributes
      from message_refs r join messages m on m.conversation_id = r.conversation_id
      where r.inbox_id = ${inboxId} and r.reference = page.echo_in and m.status = 'transmitting'
        and m.external_id is null and btrim(m.content, ${SPACES}) = page.text
      union all
      select ${SAME_MESSAGE_ID}::int, m.id, m.conversation_id, m.origin, m.status, m.external_id, m.content_attributes
      from messages m
      where m.inbox_id = ${inboxId} and m.source_id = page.source_id
      order by rank limit 1
    ) hit`.execute(trx)
  const byIndex = new Map(found.map((row) => [row.at, row]))
  const sorted: Sorted = { known: [], fresh: [], copies: [] }
  const seen = new Set<string>()
  const seenIds = new Set<string>()
  messages.forEach((message, at) => {
    const { externalId, sourceId } = message
    const row = byIndex.get(at)
    if (row && row.rank !== SAME_MESSAGE_ID) sorted.known.push({ message, as: known(row) })
    else if (seen.has(externalId)) sorted.copies.push(message)
    else {
      seen.add(externalId)
      if (row || (sourceId !== null && seenIds.has(sourceId))) {
        message.attributes.shared_message_id = true
      }
      sorted.fresh.push(message)
    }
    if (sourceId !== null) seenIds.add(sourceId)
  })
  return sorted
}

/** What a provider of chats says that we sent: it bears no id of ours. */
function isEcho({ sentByAccount, direction, sourceId, location }: InboundMessage): boolean {
  return sentByAccount && direction === 'outgoing' && sourceId === null && location === null
}

/** What String.prototype.trim takes away: providers send our words back without it. */
const SPACES =
  ' \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

/** Rank of a hit that is another mail: people who look into a strange thread see the flag. */
const SAME_MESSAGE_ID = 3

interface Row {
  at: number
  rank: number
  id: number
  conversation_id: number
  origin: MessageOrigin
  status: MessageStatus
  external_id: string | null
  placeholder: boolean
}

function known(row: Row): KnownMessage {
  return {
    messageId: row.id,
    conversationId: row.conversation_id,
    origin: row.origin,
    status: row.status,
    externalId: row.external_id,
    sameLocation: row.rank === 0,
    placeholder: row.placeholder,
  }
}
