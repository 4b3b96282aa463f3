// What is left of erased mails and people: hashes that say "not again". A mailbox still holds what we
// erased, and a re-scan, a renumbered folder or another import would bring it back.

import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { ContactPoint, InboundMessage } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import type { Arrival } from '../domain/arrival.ts'
import { identityOf } from './inbound-contacts.ts'
import type { InboxOptions } from './inbox-options.ts'
import type { InboxRef } from './message-rows.ts'

type Words = readonly (string | number | bigint)[]

/** A mail by the id that its provider or its content gives it, in whichever inbox of the mailbox. */
const mailOf = (mailbox: string, externalId: string): Words => ['mail', mailbox, externalId]
/** What we sent and have not met in Sent yet is known by the Message-ID that we gave it. */
const ownOf = (mailbox: string, sourceId: string): Words => ['own', mailbox, sourceId]
/** A place outlives a better reading of the mail, which may give it another id. */
const placeOf = (inboxId: number, folder: string, uidValidity: number | bigint, uid: number) =>
  ['place', inboxId, folder, uidValidity, uid] as const
const personOf = (identity: string): Words => ['person', identity]

/** 128 bits, of the account's own: the same person of two accounts has nothing in common. */
function hashOf(accountId: number, words: Words): string {
  const text = JSON.stringify([accountId, ...words.map(String)])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

async function add(
  trx: Trx,
  accountId: number,
  all: readonly Words[],
  erasedAt = new Date(),
): Promise<void> {
  if (all.length === 0) return
  const rows = all.map((words) => ({ hash: hashOf(accountId, words) }))
  await sql`
    insert into tombstones (account_id, hash, erased_at)
    select distinct ${accountId}::bigint, decode(hash, 'hex'), ${erasedAt}::timestamptz from ${recordset(rows, 'hash text')}
    order by 2 on conflict (account_id, hash) do update set erased_at = excluded.erased_at`.execute(
    trx,
  )
}

/** Before the messages are deleted. */
export async function buryMessages(
  trx: Trx,
  accountId: number,
  messageIds: readonly number[],
): Promise<void> {
  const { rows: mails } = await sql<{
    channel_key: string
    external_id: string | null
    source_id: string | null
    origin: string
  }>`
    select i.channel_key, m.external_id, m.source_id, m.origin
    from messages m join inboxes i on i.account_id = m.account_id and i.id = m.inbox_id
    where m.account_id = ${accountId} and m.id = any(${messageIds}::bigint[])`.execute(trx)
  const { rows: places } = await sql<{
    inbox_id: number
    folder: string
    uidvalidity: number
    uid: number
  }>`
    select inbox_id, folder, uidvalidity, uid from message_locations
    where account_id = ${accountId} and message_id = any(${messageIds}::bigint[])`.execute(trx)
  await add(trx, accountId, [
    ...mails.flatMap(({ channel_key, external_id, source_id, origin }) => [
      ...(external_id === null ? [] : [mailOf(channel_key, external_id)]),
      ...(origin !== 'authored' || source_id === null ? [] : [ownOf(channel_key, source_id)]),
    ]),
    ...places.map((at) => placeOf(at.inbox_id, at.folder, at.uidvalidity, at.uid)),
  ])
}

/** A person's mails that were not stored yet, or lie in mailboxes not connected yet, stay away too. */
export async function buryPerson(
  trx: Trx,
  accountId: number,
  identities: readonly { kind: string; value: string }[],
  now: Date,
): Promise<void> {
  const points = identities.map((identity) => ({ ...identity, name: '' }))
  await add(
    trx,
    accountId,
    points.map((point) => personOf(identityOf(point))),
    now,
  )
}

/**
 * The messages of a page without what was erased. Of an erased person only mail from before the
 * erasure is left out, and never what is live: who writes again is a new contact.
 */
export async function withoutErased(
  trx: Trx,
  { accountId, inboxId }: InboxRef,
  { channelKey: mailbox, hasErasures }: InboxOptions,
  messages: readonly InboundMessage[],
  arrivalOf: (message: InboundMessage) => Arrival,
): Promise<readonly InboundMessage[]> {
  if (!hasErasures || messages.length === 0) return messages
  const marks = messages.map((message) => {
    const { externalId, sourceId, direction, location, contact } = message
    const own = direction === 'outgoing' && sourceId !== null
    return {
      mail: [
        mailOf(mailbox, externalId),
        ...(own ? [ownOf(mailbox, sourceId)] : []),
        ...(location
          ? [placeOf(inboxId, location.folder, location.uidValidity, location.uid)]
          : []),
      ].map((words) => hashOf(accountId, words)),
      person: hashOf(accountId, personOf(identityOf(contact))),
    }
  })
  const asked = marks.flatMap(({ mail, person }) => [...mail, person]).map((hash) => ({ hash }))
  const { rows } = await sql<{ hash: string; erased_at: Date }>`
    select row.hash, t.erased_at from ${recordset(asked, 'hash text')}
    join tombstones t on t.account_id = ${accountId} and t.hash = decode(row.hash, 'hex')
  `.execute(trx)
  const erasedAt = new Map(rows.map(({ hash, erased_at }) => [hash, erased_at]))
  return messages.filter((message, at) => {
    const { mail, person } = marks[at]!
    if (mail.some((hash) => erasedAt.has(hash))) return false
    const gone = erasedAt.get(person)
    return !gone || message.deliveredAt >= gone || arrivalOf(message) === 'live'
  })
}

/** Of these, nobody who was erased: an address book or a profile still tells their name. */
export async function withoutBuried(
  trx: Trx,
  accountId: number,
  points: readonly ContactPoint[],
): Promise<ContactPoint[]> {
  const hashesOf = (point: ContactPoint) =>
    [point, ...(point.aliases ?? []).map((alias) => ({ ...alias, name: '' }))].map((one) =>
      hashOf(accountId, personOf(identityOf(one))),
    )
  const asked = points.flatMap(hashesOf).map((hash) => ({ hash }))
  const { rows } = await sql<{ hash: string }>`
    select row.hash from ${recordset(asked, 'hash text')}
    join tombstones t on t.account_id = ${accountId} and t.hash = decode(row.hash, 'hex')
  `.execute(trx)
  const buried = new Set(rows.map(({ hash }) => hash))
  return points.filter((point) => !hashesOf(point).some((hash) => buried.has(hash)))
}
