// The provider has cut an inbox off, or taken it in again. Told in any order: the latest counts.

import { sql } from 'kysely'
import type { AccountEvent } from '../channels/webhook.ts'
import type { Database, Trx } from '../db/client.ts'
import { findInbox } from '../db/inboxes.ts'
import { askInbox } from '../db/outbox.ts'
import { addToTimeline } from '../db/timeline.ts'
import type { InboxRef } from './message-rows.ts'
import { type HealthFinding, recordHealth } from './record-health.ts'

/** What it is to the inbox; undefined: nothing that changes whether it works. */
function findingOf({
  what,
  reason,
}: Pick<AccountEvent, 'what' | 'reason'>): HealthFinding | undefined {
  const evidence = [what, reason].filter(Boolean).join(': ')
  switch (what) {
    // The business has to connect anew.
    case 'PARTNER_REMOVED':
    case 'PARTNER_APP_UNINSTALLED':
    case 'ACCOUNT_DELETED':
      return {
        status: 'reauthorization_required',
        reason: (reason && DISCONNECTIONS[reason]) ?? 'whatsapp_disconnected',
        evidence,
      }
    // Another phone or a new registration: often it comes back by itself.
    case 'ACCOUNT_OFFBOARDED':
      return { status: 'action_required', reason: 'whatsapp_offboarded', evidence }
    case 'DISABLED_UPDATE':
      return { status: 'action_required', reason: 'whatsapp_disabled', evidence }
    case CONNECTED:
    case 'ACCOUNT_RECONNECTED':
    case 'PARTNER_ADDED':
    case 'PARTNER_APP_INSTALLED':
      return { status: 'ok' }
    default:
      return undefined
  }
}

/** No provider's word: a person has connected it. */
const CONNECTED = 'connected'

/** Each has a text in `locales/`. */
const DISCONNECTIONS: Record<string, string> = {
  ACCOUNT_DISCONNECTED: 'whatsapp_disconnected',
  BUSINESS_DOWNGRADE: 'whatsapp_downgraded',
  CHANGE_NUMBER: 'whatsapp_number_changed',
  COMPANION_INACTIVITY: 'whatsapp_companion_inactive',
  PRIMARY_INACTIVITY: 'whatsapp_phone_inactive',
  USER_RE_REGISTERED: 'whatsapp_registered_again',
}

export async function noteAccount(
  trx: Trx,
  inbox: InboxRef & { now: Date },
  event: AccountEvent,
): Promise<void> {
  const { accountId, inboxId, now } = inbox
  const { what, reason, at, number } = event
  // Several numbers may share an account.
  if (number !== null && number !== (await numberOf(trx, inbox))) return
  const finding = findingOf(event)
  if (!finding) {
    await addToTimeline(trx, inbox, 'account_update', { event: what, reason })
    return
  }
  const { numAffectedRows } = await sql`
    insert into account_updates as u (account_id, inbox_id, event, reason, updated_at)
    values (${accountId}, ${inboxId}, ${what}, ${reason}, ${at})
    on conflict (account_id, inbox_id) do update
    set event = excluded.event, reason = excluded.reason, updated_at = excluded.updated_at
    where u.updated_at < excluded.updated_at`.execute(trx)
  if (!numAffectedRows) return
  await addToTimeline(trx, inbox, 'account_update', { event: what, reason })
  for (const direction of ['receive', 'send'] as const) {
    await recordHealth(trx, accountId, inboxId, direction, finding, now)
  }
  await askInbox(trx, inbox, 'changed')
}

/** It was connected just now: what the provider told of the time before is over. */
export async function noteConnected(
  trx: Trx,
  { accountId, inboxId, now }: InboxRef & { now: Date },
): Promise<void> {
  // The provider counts whole seconds: what it tells of this one came afterwards.
  const at = new Date(Math.floor(now.getTime() / 1000) * 1000 - 1)
  await sql`
    insert into account_updates as u (account_id, inbox_id, event, reason, updated_at)
    values (${accountId}, ${inboxId}, ${CONNECTED}, null, ${at})
    on conflict (account_id, inbox_id) do update
    set event = excluded.event, reason = null,
      updated_at = greatest(u.updated_at, excluded.updated_at)`.execute(trx)
}

/** Whether the provider has cut the inbox off, by the latest that it told. */
export async function isCutOff(db: Database, { accountId, inboxId }: InboxRef): Promise<boolean> {
  const last = await db
    .selectFrom('account_updates')
    .select(['event as what', 'reason'])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .executeTakeFirst()
  const finding = last && findingOf(last)
  return finding !== undefined && finding.status !== 'ok'
}

async function numberOf(trx: Trx, { accountId, inboxId }: InboxRef): Promise<string | undefined> {
  const inbox = await findInbox(trx, accountId, inboxId)
  return inbox?.address.replace(/\D/g, '')
}
