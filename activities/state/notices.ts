// What of an incident is still to be told outside, to whom, and how the tries went.

import { sql } from 'kysely'
import type { Database } from '../../db/client.ts'
import type { Vault } from '../../db/encryption.ts'
import { openWebhookSecret } from '../../db/integrations.ts'
import type { InboxRef, NoticeRef } from '../../temporal/contracts.ts'

export interface Notice {
  event: string
  createdAt: Date
  incident: {
    id: number
    direction: 'receive' | 'send'
    reason: string
    evidence: string | null
    openedAt: Date
    closedAt: Date | null
  }
  inbox: { id: number; name: string; channel: string; address: string }
  account: { id: number; name: string; locale: 'pt-BR' | 'en' }
  to:
    | { kind: 'webhook'; id: number; url: string; secret: string }
    | { kind: 'mail'; userId: number; name: string; address: string }
}

export async function listPendingNotices(db: Database, ref: InboxRef): Promise<number[]> {
  const rows = await db
    .selectFrom('incident_notices')
    .select('id')
    .where('account_id', '=', ref.accountId)
    .where('inbox_id', '=', ref.inboxId)
    .where('status', '=', 'pending')
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Undefined when it is settled, or whom it was for is gone. */
export async function readNotice(
  db: Database,
  vault: Vault,
  { accountId, noticeId }: NoticeRef,
): Promise<Notice | undefined> {
  const row = await db
    .selectFrom('incident_notices as notice')
    .innerJoin('incidents as incident', (join) =>
      join
        .onRef('incident.account_id', '=', 'notice.account_id')
        .onRef('incident.id', '=', 'notice.incident_id'),
    )
    .innerJoin('inboxes as inbox', (join) =>
      join
        .onRef('inbox.account_id', '=', 'notice.account_id')
        .onRef('inbox.id', '=', 'notice.inbox_id'),
    )
    .innerJoin('accounts as account', 'account.id', 'notice.account_id')
    .select(['notice.event', 'notice.created_at', 'notice.webhook_id', 'notice.user_id'])
    .select(['notice.incident_id', 'incident.direction', 'incident.reason', 'incident.evidence'])
    .select(['incident.opened_at', 'incident.closed_at'])
    .select(['inbox.id as inbox_id', 'inbox.name', 'inbox.channel', 'inbox.address'])
    .select(['account.name as account_name', 'account.locale'])
    .where('notice.account_id', '=', accountId)
    .where('notice.id', '=', noticeId)
    .where('notice.status', '=', 'pending')
    .executeTakeFirst()
  const to = row && (await recipientOf(db, vault, accountId, row))
  if (!row || !to) return undefined
  return {
    event: row.event,
    createdAt: row.created_at,
    incident: {
      id: row.incident_id,
      direction: row.direction,
      reason: row.reason,
      evidence: row.evidence,
      openedAt: row.opened_at,
      closedAt: row.closed_at,
    },
    inbox: { id: row.inbox_id, name: row.name, channel: row.channel, address: row.address },
    account: { id: accountId, name: row.account_name, locale: row.locale },
    to,
  }
}

async function recipientOf(
  db: Database,
  vault: Vault,
  accountId: number,
  row: { webhook_id: number | null; user_id: number | null },
): Promise<Notice['to'] | undefined> {
  if (row.webhook_id !== null) {
    const webhook = await openWebhookSecret(db, vault, accountId, row.webhook_id)
    return webhook && { kind: 'webhook', id: row.webhook_id, ...webhook }
  }
  const user = await db
    .selectFrom('users')
    .select(['id', 'name', 'email'])
    .where('account_id', '=', accountId)
    .where('id', '=', row.user_id!)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return user && { kind: 'mail', userId: user.id, name: user.name, address: user.email }
}

export interface NoticeTry {
  /** `pending`: this try failed, another follows. */
  status: 'delivered' | 'pending' | 'failed' | 'skipped'
  responseStatus?: number | null
  evidence?: string | null
}

/** False when it was settled before; the first end counts. */
export async function noteTry(
  db: Database,
  { accountId, noticeId }: NoticeRef,
  end: NoticeTry,
  now: Date,
): Promise<boolean> {
  const result = await db
    .updateTable('incident_notices')
    .set({
      status: end.status,
      ...(end.status === 'skipped' ? {} : { tries: sql<number>`tries + 1` }),
      ...(end.responseStatus === undefined ? {} : { response_status: end.responseStatus }),
      ...(end.evidence === undefined ? {} : { evidence: end.evidence }),
      ...(end.status === 'pending' ? {} : { finished_at: now }),
    })
    .where('account_id', '=', accountId)
    .where('id', '=', noticeId)
    .where('status', '=', 'pending')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
