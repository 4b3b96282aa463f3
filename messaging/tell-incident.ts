// Whom an incident is told to, decided in the transaction that opened it: the console at once,
// webhooks and mail through the outbox. Each once, however often the incident is reopened.

import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import type { Trx } from '../db/client.ts'
import { addToOutbox } from '../db/outbox.ts'
import type { Direction, HealthStatus } from '../domain/inbox.ts'

export interface IncidentFacts {
  accountId: number
  inboxId: number
  direction: Direction
  status: HealthStatus
  reason: string | null
  now: Date
}

/** Somebody has to act: the administrators hear of it, and the webhooks that asked for it. */
export async function tellIncident(
  trx: Trx,
  facts: IncidentFacts,
  incidentId: number,
): Promise<void> {
  const { accountId, now } = facts
  await tellConsole(trx, facts, incidentId)
  const event = `inbox.${facts.status}`
  const asked = await addWebhookNotices(trx, facts, incidentId, event)
  const mailed = await addMailNotices(trx, facts, incidentId, event)
  if (asked + mailed > 0) await wakeNotices(trx, facts)
  await trx
    .updateTable('incidents')
    .set({ notified_at: now })
    .where('account_id', '=', accountId)
    .where('id', '=', incidentId)
    .where('notified_at', 'is', null)
    .execute()
}

/** It works again. Told only of what was told, and only when it stays so (activities/notices.ts). */
export async function tellRecovery(
  trx: Trx,
  facts: IncidentFacts,
  incidentId: number,
): Promise<void> {
  if ((await addWebhookNotices(trx, facts, incidentId, 'inbox.recovered')) > 0) {
    await wakeNotices(trx, facts)
  }
}

async function tellConsole(trx: Trx, facts: IncidentFacts, incidentId: number): Promise<void> {
  const { accountId, inboxId, status, reason, direction } = facts
  const data = JSON.stringify({ direction, reason })
  const { rows } = await sql<{ id: number; user_id: number }>`
    insert into notifications (account_id, user_id, inbox_id, incident_id, kind, data)
    select account_id, id, ${inboxId}::bigint, ${incidentId}::bigint, ${`inbox.${status}`}::text,
      ${data}::text::jsonb
    from users where account_id = ${accountId} and role = 'administrator' and deleted_at is null
    on conflict do nothing returning id, user_id`.execute(trx)
  await addAccountEvents(
    trx,
    accountId,
    rows.map(({ id, user_id }) => ({
      kind: 'notification.created',
      data: { notification_id: id, user_id, inbox_id: inboxId },
    })),
  )
}

/** What was skipped before, because the incident had closed, is due again. */
async function addWebhookNotices(
  trx: Trx,
  { accountId, inboxId }: IncidentFacts,
  incidentId: number,
  event: string,
): Promise<number> {
  const { rows } = await sql`
    insert into incident_notices (account_id, inbox_id, incident_id, event, webhook_id)
    select account_id, ${inboxId}::bigint, ${incidentId}::bigint, ${event}::text, id
    from webhooks where account_id = ${accountId} and ${event}::text = any(events)
    on conflict (incident_id, event, webhook_id, user_id)
      do update set status = 'pending' where incident_notices.status = 'skipped'
    returning 1`.execute(trx)
  return rows.length
}

/** One mail an incident, also when it becomes another kind of trouble. */
async function addMailNotices(
  trx: Trx,
  { accountId, inboxId }: IncidentFacts,
  incidentId: number,
  event: string,
): Promise<number> {
  const { rows } = await sql`
    insert into incident_notices (account_id, inbox_id, incident_id, event, user_id)
    select u.account_id, ${inboxId}::bigint, ${incidentId}::bigint, ${event}::text, u.id
    from users u
    where u.account_id = ${accountId} and u.role = 'administrator' and u.deleted_at is null
      and not exists (
        select from incident_notices n where n.incident_id = ${incidentId} and n.user_id = u.id
          and n.event <> ${event} and n.status <> 'skipped')
    on conflict (incident_id, event, webhook_id, user_id)
      do update set status = 'pending' where incident_notices.status = 'skipped'
    returning 1`.execute(trx)
  return rows.length
}

async function wakeNotices(trx: Trx, { accountId, inboxId }: IncidentFacts): Promise<void> {
  await addToOutbox(trx, accountId, [{ topic: 'notice', inboxId, event: 'told' }])
}
