// What people change by hand: ClaudIA's switch, conversations, imports, quarantine.
// Each is one transaction that also leaves its mark on the timeline or for the automations.
import { sql } from 'kysely'
import type { Changes } from '../domain/automation.ts'
import { customName } from '../domain/custom-attributes.ts'
import { addAccountEvents } from './account-events.ts'
import { type Database, inTransaction, type Trx } from './client.ts'
import { mergedAttributes } from './custom-attributes.ts'
import { addToOutbox, askInbox } from './outbox.ts'
import type { ConversationRow } from './views/conversations.ts'
import type { ImportRow } from './views/inboxes.ts'
import { tellWebhooks, toldAs } from './webhook-deliveries.ts'

/** A person's choice, on record; a hold of the system is another column and stays. */
export async function switchClaudia(
  db: Database,
  accountId: number,
  id: number,
  mode: 'on' | 'off',
  actorUserId: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const changed = await trx
      .updateTable('inboxes')
      .set({ claudia: mode, updated_at: sql`now()` })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .where('claudia', '<>', mode)
      .returning('id')
      .executeTakeFirst()
    if (changed === undefined) return
    await note(trx, accountId, id, `claudia_switched_${mode}`, {}, actorUserId)
  })
}

/** The next import of an inbox; undefined while another is unfinished. */
export async function requestImport(
  db: Database,
  accountId: number,
  inboxId: number,
  window: unknown,
  actorUserId: number,
): Promise<ImportRow | undefined> {
  return inTransaction(db, async (trx) => {
    // The lock makes the number ours and keeps a second request out.
    await trx
      .selectFrom('inboxes')
      .select('id')
      .where('account_id', '=', accountId)
      .where('id', '=', inboxId)
      .forUpdate()
      .execute()
    const last = await trx
      .selectFrom('imports')
      .select(['number', 'status'])
      .where('account_id', '=', accountId)
      .where('inbox_id', '=', inboxId)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (last?.status === 'running' || last?.status === 'paused') return undefined
    const number = (last?.number ?? 0) + 1
    await note(trx, accountId, inboxId, 'import_requested', { number }, actorUserId)
    await askInbox(trx, { accountId, inboxId }, 'changed')
    return trx
      .insertInto('imports')
      .values({ account_id: accountId, inbox_id: inboxId, number, import_window: window })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

/** An import that never began, because its workflow could not be told. */
export async function withdrawImport(db: Database, accountId: number, id: number): Promise<void> {
  await db
    .deleteFrom('imports')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('done', '=', 0)
    .execute()
}

export type ConversationChange = {
  [K in 'status' | 'snoozed_until' | 'assignee_id' | 'team_id' | 'priority' | 'labels']?:
    | ConversationRow[K]
    | undefined
} & {
  /** As `readAttributes` accepted them: merged into what is there. */
  custom_attributes?: Record<string, unknown> | undefined
}

/** Changes a conversation and queues the events its rules may wait for. */
export async function changeConversation(
  db: Database,
  accountId: number,
  id: number,
  change: ConversationChange,
): Promise<ConversationRow | undefined> {
  const { custom_attributes, ...columns } = change
  const set = {
    ...defined(columns),
    ...(custom_attributes ? { custom_attributes: mergedAttributes(custom_attributes) } : {}),
  }
  return inTransaction(db, async (trx) => {
    const before = await trx
      .selectFrom('conversations')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (before === undefined || Object.keys(set).length === 0) return before
    // Only what is snoozed has a time to wake.
    const snoozed = (set.status ?? before.status) === 'snoozed'
    const changes = changesOf(before, change)
    const events = eventsOf(changes)
    const row = await trx
      .updateTable('conversations')
      .set({
        ...set,
        ...(snoozed ? {} : { snoozed_until: null }),
        last_seq: before.last_seq + events.length,
        updated_at: sql`now()`,
      })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const rows = events.map((event, index) => ({
      topic: 'conversation' as const,
      inboxId: row.inbox_id,
      conversationId: id,
      seq: before.last_seq + index + 1,
      event,
      changes,
    }))
    await addToOutbox(trx, accountId, rows)
    const told = events.map((event) => ({ conversationId: id, event: toldAs(event) }))
    await tellWebhooks(trx, { accountId, inboxId: row.inbox_id }, told)
    const data = { conversation_id: id, inbox_id: row.inbox_id }
    await addAccountEvents(trx, accountId, [{ kind: 'conversation.updated', data }])
    return row
  })
}

/** What is otherwise than before, as the conditions of rules name it. */
function changesOf(before: ConversationRow, change: ConversationChange): Changes {
  const { custom_attributes = {}, snoozed_until: _, ...columns } = change
  const was: Record<string, unknown> = { ...before }
  const custom = before.custom_attributes as Record<string, unknown>
  const given: [string, Changes[string]][] = [
    ...Object.entries(defined(columns)).map(named((name) => [name, was[name]])),
    ...Object.entries(custom_attributes).map(
      named((key) => [customName('conversation', key), custom[key] ?? null]),
    ),
  ]
  return Object.fromEntries(
    given.filter(([, [old, now]]) => JSON.stringify(old) !== JSON.stringify(now)),
  )
}

const named =
  (nameAndBefore: (key: string) => [string, unknown]) =>
  ([key, after]: [string, unknown]): [string, Changes[string]] => {
    const [name, old] = nameAndBefore(key)
    return [name, [old, after]]
  }

function eventsOf({ status }: Changes): string[] {
  const events = ['conversation_updated']
  if (status?.[1] === 'open') events.push('conversation_opened')
  if (status?.[1] === 'resolved') events.push('conversation_resolved')
  return events
}

/** Moves a quarantined mail on; undefined when it was stored or dismissed meanwhile. */
export async function settleQuarantine(
  db: Database,
  accountId: number,
  id: number,
  status: 'retrying' | 'dismissed',
  actorUserId: number,
) {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('quarantine')
      .set({ status, updated_at: sql`now()` })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .where('status', 'in', ['waiting', 'retrying'])
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return undefined
    const kind = status === 'dismissed' ? 'quarantine_dismissed' : 'quarantine_retried'
    await note(trx, accountId, row.inbox_id, kind, { quarantine_id: id }, actorUserId)
    return row
  })
}

/** False when the user has no such notification. */
export async function markNotificationRead(
  db: Database,
  accountId: number,
  userId: number,
  id: number,
): Promise<boolean> {
  const row = await db
    .updateTable('notifications')
    .set((eb) => ({ read_at: eb.fn.coalesce('read_at', eb.fn<Date>('now')) }))
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

async function note(
  trx: Trx,
  accountId: number,
  inboxId: number,
  kind: string,
  data: Record<string, unknown>,
  actorUserId: number,
): Promise<void> {
  await trx
    .insertInto('timeline')
    .values({ account_id: accountId, inbox_id: inboxId, kind, data, actor_user_id: actorUserId })
    .execute()
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}
