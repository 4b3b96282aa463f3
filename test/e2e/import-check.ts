// What must be true after an import, whatever happened during it: every mail once and unchanged,
// live mail handled once and after the hold, and no side effect of history at all.
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { compareImport } from '../../bench/compare-import.ts'
import { settleQuarantine } from '../../db/changes-by-people.ts'
import { inTransaction } from '../../db/client.ts'
import type { SampleShape } from '../../scripts/sample-mails/sample-mails.ts'
import { waitFor } from '../support/wait-for.ts'
import type { InboxRef, World } from './world.ts'

export interface Expectation {
  /** What lay in the mailbox before it was connected. */
  shape: SampleShape
  /** How many new mails came, each from a customer of its own. */
  live: number
  /** How many of the mailbox's mails could not be read so far. */
  quarantined: number
  /** A folder was renumbered, so that new mails may be among what the import reads. */
  renumbered: boolean
  timeoutMs: number
}

export async function checkImport(world: World, ref: InboxRef, expected: Expectation) {
  await settled(world, ref, expected)
  await everyMailOnce(world, ref, expected)
  await liveHandledOnceAfterTheHold(world, ref, expected)
  await historyWithoutSideEffects(world, ref)
}

/** A person has every quarantined mail read again, and each of them arrives. */
export async function retryQuarantined(
  world: World,
  { accountId, inboxId }: InboxRef,
  timeoutMs: number,
) {
  const rows = () =>
    world.db
      .selectFrom('quarantine')
      .select(['id', 'status'])
      .where('inbox_id', '=', inboxId)
      .execute()
  for (const { id } of await rows()) {
    await inTransaction(world.db, (trx) =>
      settleQuarantine(trx, accountId, id, 'retrying', world.administratorId),
    )
  }
  await world.verbs.updateInbox({ accountId, inboxId }, 'syncNow', {})
  await waitFor(async () => (await rows()).every(({ status }) => status === 'stored'), {
    what: 'the quarantined mails',
    timeoutMs,
  })
}

async function settled(world: World, { inboxId }: InboxRef, expected: Expectation) {
  const { live, quarantined, timeoutMs } = expected
  const state = async () => {
    const { rows } = await sql<Record<string, unknown>>`
      select i.phase, i.held_since is null as released,
        (select status from imports where inbox_id = i.id) as import,
        (select count(*) from attachments a join messages m
          on m.account_id = a.account_id and m.id = a.message_id
          where m.inbox_id = i.id and a.state = 'in_mailbox')::int as files_waiting,
        (select count(*) from messages where inbox_id = i.id and origin = 'live')::int as live,
        (select count(*) from quarantine where inbox_id = i.id and status = 'waiting')::int
          as quarantined,
        (select count(*) from outbox where inbox_id = i.id and relayed_at is null)::int as waiting,
        (select count(*) from bot_events b join conversations c
          on c.account_id = b.account_id and c.id = b.conversation_id
          where c.inbox_id = i.id and b.status = 'delivered')::int as delivered
      from inboxes i where i.id = ${inboxId}`.execute(world.db)
    return rows[0]
  }
  const done = {
    phase: 'active',
    released: true,
    import: 'completed',
    files_waiting: 0,
    live,
    quarantined,
    waiting: 0,
    delivered: live,
  }
  let last: unknown
  await waitFor(
    async () => {
      last = await state()
      return isDeepStrictEqual(last, done)
    },
    { what: 'the import and what comes after it', timeoutMs },
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(last)}`)
  })
}

async function everyMailOnce(world: World, { inboxId }: InboxRef, expected: Expectation) {
  const { shape, live, quarantined, renumbered } = expected
  const found = await compareImport(world.db, inboxId, world.storageDir, shape)
  // Live mails are no samples, so the comparison counts them as too many.
  expect({ ...found, doubled: found.doubled - live }).toEqual({
    missing: quarantined,
    doubled: 0,
    wrong_body: 0,
    wrong_thread: 0,
  })
  const { rows } = await sql<{ lost: number; read: number; total: number }>`
    select done + quarantined as read, total, (select count(*) from attachments a join messages m
      on m.account_id = a.account_id and m.id = a.message_id
      where m.inbox_id = ${inboxId} and a.state <> 'stored')::int as lost
    from imports where inbox_id = ${inboxId}`.execute(world.db)
  const [{ lost, read, total }] = rows as [(typeof rows)[number]]
  expect({ lost, read }).toEqual({ lost: 0, read: total })
  expect(total).toBeGreaterThanOrEqual(shape.count)
  expect(total).toBeLessThanOrEqual(renumbered ? shape.count + live : shape.count)
}

async function liveHandledOnceAfterTheHold(
  world: World,
  { inboxId }: InboxRef,
  { live }: Expectation,
) {
  const messages = await world.db
    .selectFrom('messages')
    .select(['id', 'content', 'seq'])
    .where('inbox_id', '=', inboxId)
    .where('origin', '=', 'live')
    .execute()
  expect(new Set(messages.map(({ content }) => content.trim())).size).toBe(live)
  const { rows: released } = await sql<{ created_at: Date }>`
    select created_at from timeline
    where inbox_id = ${inboxId} and kind = 'claudia_released'`.execute(world.db)
  expect(released).toHaveLength(1)
  for (const { id } of messages) {
    const handled = world.bot.about(id)
    expect(handled, `message ${id}`).toHaveLength(1)
    expect(handled[0]!.rightlySigned).toBe(true)
    expect(handled[0]!.at.getTime()).toBeGreaterThanOrEqual(released[0]!.created_at.getTime())
  }
}

/** Outbox, rules, bot, notifications: everything there is belongs to a live message. */
async function historyWithoutSideEffects(world: World, { inboxId }: InboxRef) {
  const { rows } = await sql<Record<string, number>>`
    with live as (select id from messages where inbox_id = ${inboxId} and origin = 'live')
    select
      (select count(*) from outbox where inbox_id = ${inboxId} and topic = 'send')::int as sends,
      (select count(*) from outbox where inbox_id = ${inboxId} and topic = 'conversation'
        and message_id not in (table live))::int as events,
      (select count(*) from rule_runs where inbox_id = ${inboxId}
        and message_id not in (table live))::int as runs,
      (select count(*) from bot_events b join conversations c
        on c.account_id = b.account_id and c.id = b.conversation_id
        where c.inbox_id = ${inboxId} and b.message_id not in (table live))::int as deliveries,
      (select count(*) from notifications where inbox_id = ${inboxId}
        and incident_id is null)::int as notifications,
      (select count(*) from messages where inbox_id = ${inboxId}
        and direction = 'outgoing' and origin not in ('history', 'echo'))::int as answers,
      (select count(*) from conversations c where c.inbox_id = ${inboxId} and c.assignee_id is not null
        and not exists (select from messages m where m.account_id = c.account_id
          and m.conversation_id = c.id and m.origin = 'live'))::int as assigned`.execute(world.db)
  expect(rows[0]).toEqual({
    sends: 0,
    events: 0,
    runs: 0,
    deliveries: 0,
    notifications: 0,
    answers: 0,
    assigned: 0,
  })
}
