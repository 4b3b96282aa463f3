// What providers pushed: written with what it says, looked at and read again by people.

import { type Selectable, sql } from 'kysely'
import { recordset } from './batch.ts'
import type { Database, Trx } from './client.ts'
import { daySlotOf } from './delivery-days.ts'
import type { InboundDeliveryTable } from './schema/inbox.ts'

/** Which day's part it lies in is nobody's business. */
export type DeliveryRow = Omit<Selectable<InboundDeliveryTable>, 'day_slot'>

export interface NewDelivery {
  kind: DeliveryRow['kind']
  externalId: string | null
  /** Of what is unknown or could not be stored. */
  reason: string | null
  contentType: string
  query: string
  body: Buffer
  receivedAt: Date
}

/** In the order they came. */
export async function insertDeliveries(
  trx: Trx,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  deliveries: readonly NewDelivery[],
): Promise<void> {
  const rows = deliveries.map((delivery, position) => ({
    position,
    kind: delivery.kind,
    external_id: delivery.externalId,
    reason: delivery.reason,
    content_type: delivery.contentType,
    query: delivery.query,
    body: delivery.body.toString('base64'),
    received_at: delivery.receivedAt,
    day_slot: daySlotOf(delivery.receivedAt),
  }))
  await sql`
    insert into inbound_deliveries
      (account_id, inbox_id, kind, external_id, reason, content_type, query, body, received_at,
       day_slot)
    select ${accountId}::bigint, ${inboxId}::bigint, kind, external_id, reason, content_type, query,
      decode(body, 'base64'), received_at, day_slot
    from ${recordset(
      rows,
      `position int, kind text, external_id text, reason text, content_type text, query text,
       body text, received_at timestamptz, day_slot smallint`,
    )} order by position`.execute(trx)
}

/** Newest first, strictly before an id. */
export async function listDeliveries(
  db: Database,
  accountId: number,
  inboxId: number,
  page: { kind?: DeliveryRow['kind'] | undefined; beforeId?: number | undefined; limit: number },
): Promise<Omit<DeliveryRow, 'body'>[]> {
  let query = db
    .selectFrom('inbound_deliveries')
    .select(['account_id', 'id', 'inbox_id', 'kind', 'external_id', 'reason'])
    .select(['content_type', 'query', 'received_at', 'replayed_at'])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
  if (page.kind !== undefined) query = query.where('kind', '=', page.kind)
  if (page.beforeId !== undefined) query = query.where('id', '<', page.beforeId)
  return query.orderBy('id', 'desc').limit(page.limit).execute()
}

export function findDelivery(
  db: Database,
  accountId: number,
  id: number,
): Promise<DeliveryRow | undefined> {
  return db
    .selectFrom('inbound_deliveries')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Read once more, maybe understood better this time. */
export async function markReplayed(
  trx: Trx,
  accountId: number,
  id: number,
  understood: Pick<NewDelivery, 'kind' | 'externalId' | 'reason'>,
): Promise<void> {
  await trx
    .updateTable('inbound_deliveries')
    .set({
      kind: understood.kind,
      external_id: understood.externalId,
      reason: understood.reason,
      replayed_at: sql<Date>`now()`,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}

/** When the provider was first and last heard, and whether its sender sits in a Messaging Service. */
export async function deliveryTimes(
  db: Database,
  accountId: number,
  inboxId: number,
): Promise<{ first: Date | null; last: Date | null; messagingServiceSid: string | null }> {
  const end = (order: 'asc' | 'desc') =>
    db
      .selectFrom('inbound_deliveries')
      .select(['received_at', sql<string>`convert_from(body, 'LATIN1')`.as('text')])
      .where('account_id', '=', accountId)
      .where('inbox_id', '=', inboxId)
      .orderBy('id', order)
      .limit(1)
      .executeTakeFirst()
  const [first, last] = await Promise.all([end('asc'), end('desc')])
  return {
    first: first?.received_at ?? null,
    last: last?.received_at ?? null,
    messagingServiceSid:
      /(?:^|&)MessagingServiceSid=(MG\w{32})(?:&|$)/.exec(last?.text ?? '')?.[1] ?? null,
  }
}
