// Whose contact a widget's visitor is. Anybody can type anybody's address into a page's console, so
// what nobody vouched for finds a contact and changes nothing that was proved by other means.

import { sql } from 'kysely'
import type { Trx } from '../db/client.ts'
import { mergedAttributes } from '../db/custom-attributes.ts'
import { oweWordsOfContacts } from '../db/message-words.ts'
import {
  lockWidgetSession,
  updateWidgetSession,
  type VisitorProfile,
  type WidgetSessionRow,
} from '../db/widget-sessions.ts'
import { noteSighting } from '../db/widget-sightings.ts'
import { widgetIdentityOf } from './visitor-identity.ts'

export interface Placing {
  /** Make a contact when none matches: the first message needs one. */
  create: boolean
}

interface Candidate {
  id: number
  identifier: string | null
  email: string | null
  /** Some identity of it was proved: a mail came from there, or a back end signed it. */
  proved: boolean
}

type Key = { kind: 'identifier' | 'email' | 'phone'; value: string }

/**
 * Gives the session its contact and the contact what the page told, in one step with whatever the
 * caller does. Returns the session as it is then; without a contact when none matches and none is
 * to be made.
 */
export async function placeVisitor(
  trx: Trx,
  { account_id, id }: Pick<WidgetSessionRow, 'account_id' | 'id'>,
  { create }: Placing,
): Promise<WidgetSessionRow> {
  const session = await lockWidgetSession(trx, account_id, id)
  const profile = session.profile as VisitorProfile
  const found = await matching(trx, session, profile)
  // Nobody stays with the contact of somebody else.
  if (!found && !create && session.contact_id === null) return session
  const contact = found ?? (await makeContact(trx, account_id))
  await fill(trx, session, contact, profile)
  if (session.contact_id === contact.id) return session
  await trx
    .insertInto('contact_identities')
    .values({
      account_id,
      contact_id: contact.id,
      ...widgetIdentityOf(contact.id),
      verified: false,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const before = session.contact_id
  await updateWidgetSession(trx, session, { contact_id: contact.id })
  if (before !== null) await takeAlong(trx, session, before, contact.id)
  return { ...session, contact_id: contact.id }
}

/** What the page told so far, with what it tells now. */
export function withTold({ profile }: WidgetSessionRow, told: VisitorProfile): VisitorProfile {
  const before = profile as VisitorProfile
  const custom_attributes = { ...before.custom_attributes, ...told.custom_attributes }
  return { ...before, ...told, custom_attributes }
}

/** The keys in the order of their weight. */
function keysOf({ identifier }: WidgetSessionRow, { email, phone_number }: VisitorProfile): Key[] {
  return [
    ...(identifier === null ? [] : [{ kind: 'identifier' as const, value: identifier }]),
    ...(email === undefined ? [] : [{ kind: 'email' as const, value: email.toLowerCase() }]),
    ...(phone_number === undefined ? [] : [{ kind: 'phone' as const, value: phone_number }]),
  ]
}

async function matching(
  trx: Trx,
  session: WidgetSessionRow,
  profile: VisitorProfile,
): Promise<Candidate | undefined> {
  const { account_id: accountId, inbox_id: inboxId, identifier } = session
  for (const { kind, value } of keysOf(session, profile)) {
    const found = await candidate(
      trx,
      accountId,
      sql`
      select contact_id from contact_identities
      where account_id = ${accountId} and kind = ${kind} and value = ${value}`,
    )
    if (!found) continue
    if (kind === 'identifier' || !isSomebodyElse(session, found)) return found
    if (identifier !== null && found.identifier !== null) {
      await noteSighting(trx, { accountId, inboxId }, 'contact_clash', identifier)
    }
  }
  if (session.contact_id === null) return undefined
  const own = await candidate(trx, accountId, sql`select ${session.contact_id}::bigint`)
  return own && !isSomebodyElse(session, own) ? own : undefined
}

/**
 * Two different identifiers are two people, whatever address both of them name. And a back end signs
 * the identifier alone: an address beside it opens no contact that was proved by other means.
 */
function isSomebodyElse({ identifier, verified }: WidgetSessionRow, contact: Candidate): boolean {
  if (identifier === null || contact.identifier === identifier) return false
  return contact.identifier !== null || (contact.proved && verified)
}

async function candidate(trx: Trx, accountId: number, id: ReturnType<typeof sql>) {
  const { rows } = await sql<Candidate>`
    select c.id, c.identifier, c.email, exists (
      select from contact_identities i where i.account_id = c.account_id and i.contact_id = c.id
        and i.verified) as proved
    from contacts c where c.account_id = ${accountId} and c.id in (${id}) for no key update`.execute(
    trx,
  )
  return rows[0]
}

async function makeContact(trx: Trx, accountId: number): Promise<Candidate> {
  const { id } = await trx
    .insertInto('contacts')
    .values({ account_id: accountId })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, identifier: null, email: null, proved: false }
}

/** What the page told overwrites what was there, unless that was proved and not by this identifier. */
async function fill(
  trx: Trx,
  session: WidgetSessionRow,
  contact: Candidate,
  profile: VisitorProfile,
): Promise<void> {
  const { account_id: accountId, inbox_id: inboxId, identifier, verified } = session
  if (contact.proved && !(verified && contact.identifier === identifier)) return
  if (identifier !== null && contact.email && profile.email && contact.email !== profile.email) {
    await noteSighting(trx, { accountId, inboxId }, 'address_changed', identifier)
  }
  const { name, email, phone_number, custom_attributes } = profile
  await trx
    .updateTable('contacts')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
      ...(phone_number === undefined ? {} : { phone_number }),
      ...(identifier === null ? {} : { identifier }),
      custom_attributes: mergedAttributes(custom_attributes ?? {}),
      updated_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', contact.id)
    .execute()
  await oweWordsOfContacts(trx, accountId, [contact.id])
  for (const { kind, value } of keysOf(session, profile)) {
    // An address in the page proves nothing, also when a back end vouches for the identifier.
    const proved = kind === 'identifier' && verified
    await sql`
      insert into contact_identities as own (account_id, kind, value, contact_id, verified)
      values (${accountId}, ${kind}, ${value}, ${contact.id}, ${proved})
      on conflict (account_id, kind, value) do update set verified = own.verified or excluded.verified
        where own.contact_id = excluded.contact_id`.execute(trx)
  }
}

/** What the visitor wrote before the page said who it is belongs to the same person. */
async function takeAlong(
  trx: Trx,
  { account_id, id }: WidgetSessionRow,
  from: number,
  to: number,
): Promise<void> {
  const own = sql`
    select conversation_id from widget_conversations
    where account_id = ${account_id} and session_id = ${id}`
  await sql`
    update conversations set contact_id = ${to}, updated_at = now()
    where account_id = ${account_id} and contact_id = ${from} and id in (${own})`.execute(trx)
  await sql`
    update messages set contact_id = ${to}
    where account_id = ${account_id} and contact_id = ${from} and conversation_id in (${own})`.execute(
    trx,
  )
  await sql`
    delete from contact_identities i where account_id = ${account_id} and contact_id = ${from}
      and ${isEmpty(account_id, from)}`.execute(trx)
  await sql`
    delete from contacts where account_id = ${account_id} and id = ${from}
      and ${isEmpty(account_id, from)}`.execute(trx)
}

/** Nothing but a browser led to it, and the browser has gone on. */
const isEmpty = (accountId: number, contactId: number) => sql`
  not exists (select from conversations where account_id = ${accountId} and contact_id = ${contactId})
  and not exists (select from messages where account_id = ${accountId} and contact_id = ${contactId})
  and not exists (select from widget_sessions
    where account_id = ${accountId} and contact_id = ${contactId})
  and not exists (select from contact_identities
    where account_id = ${accountId} and contact_id = ${contactId} and kind <> 'widget')`
