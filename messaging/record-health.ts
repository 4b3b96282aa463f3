// What is known about receiving or sending: the facts in the row, the incident, who is told.

import { type Selectable, sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import { lockInbox } from '../db/inboxes.ts'
import type { IncidentTable } from '../db/schema/inbox.ts'
import { addToTimeline } from '../db/timeline.ts'
import { evidenceOf } from '../domain/failures.ts'
import {
  AMBER_AFTER_MS,
  type Direction,
  type HealthStatus,
  REOPEN_INCIDENT_WITHIN_MS,
} from '../domain/inbox.ts'
import { tellIncident, tellRecovery } from './tell-incident.ts'
import { wakeQueuedSends } from './wake-queued-sends.ts'

export interface HealthFinding {
  status: HealthStatus
  /** Stable code; none while ok. */
  reason?: string | null | undefined
  evidence?: string | null | undefined
  nextTryAt?: Date | null | undefined
}

export interface HealthChange {
  /** Status or reason are other than before. */
  changed: boolean
  incidentOpened: boolean
  /** Of the incident that is open now, or was closed by this. */
  incidentId: number | null
}

/** Writes a finding; the same finding again only moves times. */
export function recordHealth(
  db: Database,
  accountId: number,
  inboxId: number,
  direction: Direction,
  finding: HealthFinding,
  now: Date,
): Promise<HealthChange> {
  return inTransaction(db, async (trx) => {
    const inbox = await lockInbox(trx, accountId, inboxId)
    if (!inbox) return { changed: false, incidentOpened: false, incidentId: null }
    const before = {
      status: inbox[`${direction}_status`],
      reason: inbox[`${direction}_reason`],
      since: inbox[`${direction}_since`],
    }
    const { status } = finding
    const reason = status === 'ok' ? null : (finding.reason ?? 'unknown')
    const evidence = status === 'ok' || !finding.evidence ? null : evidenceOf(finding.evidence)
    const since = status === before.status ? before.since : now
    const changed = status !== before.status || reason !== before.reason
    await trx
      .updateTable('inboxes')
      .set({
        [`${direction}_status`]: status,
        [`${direction}_reason`]: reason,
        [`${direction}_evidence`]: evidence,
        [`${direction}_since`]: since,
        ...(finding.nextTryAt === undefined ? {} : { next_try_at: finding.nextTryAt }),
        ...(changed ? { updated_at: sql<Date>`now()` } : {}),
      })
      .where('account_id', '=', accountId)
      .where('id', '=', inboxId)
      .execute()

    const about: About = { accountId, inboxId, direction, status, reason, evidence, now }
    const incident =
      status === 'ok' ? await close(trx, about) : await keepOpen(trx, about, since, before.status)
    if (changed) await tell(trx, about, incident)
    // Also when receiving recovers: one sign-in may be for both.
    if (changed && status === 'ok') await wakeQueuedSends(trx, about)
    if (incident.id !== null && needsPerson(about)) await tellIncident(trx, about, incident.id)
    if (incident.id !== null && incident.wasTold) await tellRecovery(trx, about, incident.id)
    return { changed, incidentOpened: incident.opened, incidentId: incident.id }
  })
}

interface About {
  accountId: number
  inboxId: number
  direction: Direction
  status: HealthStatus
  reason: string | null
  evidence: string | null
  now: Date
}

interface Incident {
  id: number | null
  opened: boolean
  /** It is closed now, and people had been told of it. */
  wasTold?: boolean
}

async function close(trx: Trx, { accountId, inboxId, direction, now }: About): Promise<Incident> {
  const row = await trx
    .updateTable('incidents')
    .set({ closed_at: now })
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('direction', '=', direction)
    .where('closed_at', 'is', null)
    .returning(['id', 'notified_at'])
    .executeTakeFirst()
  return { id: row?.id ?? null, opened: false, wasTold: (row?.notified_at ?? null) !== null }
}

async function keepOpen(
  trx: Trx,
  about: About,
  since: Date,
  statusBefore: HealthStatus,
): Promise<Incident> {
  const { accountId, inboxId, direction, status, reason, evidence, now } = about
  const latest = await latestIncident(trx, about)
  const values = { status, reason: reason ?? 'unknown', evidence, last_seen_at: now }
  const again =
    latest &&
    (latest.closed_at === null ||
      now.getTime() - latest.closed_at.getTime() <= REOPEN_INCIDENT_WITHIN_MS)
  // What heals within two minutes is nobody's incident, unless it is one that comes back.
  const brief = status === 'retrying' && now.getTime() - since.getTime() < AMBER_AFTER_MS
  if (again) {
    await trx
      .updateTable('incidents')
      .set({ ...values, closed_at: null })
      .where('account_id', '=', accountId)
      .where('id', '=', latest.id)
      .execute()
    return { id: latest.id, opened: false }
  }
  if (brief) return { id: null, opened: false }
  const row = await trx
    .insertInto('incidents')
    .values({
      account_id: accountId,
      inbox_id: inboxId,
      direction,
      ...values,
      opened_at: statusBefore === status ? since : now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id: row.id, opened: true }
}

function latestIncident(
  trx: Trx,
  { accountId, inboxId, direction }: About,
): Promise<Selectable<IncidentTable> | undefined> {
  return trx
    .selectFrom('incidents')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('direction', '=', direction)
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function tell(trx: Trx, about: About, incident: Incident): Promise<void> {
  const { accountId, inboxId, direction, status, reason, evidence } = about
  const data = { direction, status, reason, evidence, incident_id: incident.id }
  // A fault that heals by itself is no event in an inbox's life before it is an incident.
  const worthTelling = status !== 'retrying' && (status !== 'ok' || incident.id !== null)
  if (worthTelling) await addToTimeline(trx, about, 'health_changed', data)
  await addAccountEvents(trx, accountId, [
    { kind: 'inbox.updated', data: { inbox_id: inboxId, direction, status, reason } },
  ])
}

/** Red: nothing comes in until somebody acts, or the credentials are refused. */
function needsPerson({ direction, status }: About): boolean {
  if (status === 'reauthorization_required') return true
  return status === 'action_required' && direction === 'receive'
}
