// What must be true after an import, whatever happened during it: every mail once and unchanged,
// live mail handled once and after the hold, and no side effect of history at all.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { compareImport } from '../../bench/compare-import.ts'
import type { SampleShape } from '../../scripts/sample-mails/sample-mails.ts'
import { waitFor } from '../support/wait-for.ts'
import type { InboxRef, World } from './world.ts'

export interface Expectation {
  /** What lay in the mailbox before it was connected. */
  shape: SampleShape
  /** How many new mails came, each from a customer of its own. */
  live: number
  timeoutMs: number
}

export async function checkImport(world: World, ref: InboxRef, expected: Expectation) {
  await settled(world, ref, expected)
  await everyMailOnce(world, ref, expected)
  await liveHandledOnceAfterTheHold(world, ref, expected)
  await historyWithoutSideEffects(world, ref)
}

async function settled(world: World, { inboxId }: InboxRef, { live, timeoutMs }: Expectation) {
  const state = async () => {
    const { rows } = await sql<Record<string, unknown>>`
      select i.phase, i.held_since is null as released,
        (select status from imports where inbox_id = i.id) as import,
        (select count(*) from attachments a join messages m
          on m.account_id = a.account_id and m.id = a.message_id
          where m.inbox_id = i.id and a.state = 'in_mailbox')::int as files_waiting,
        (select count(*) from messages where inbox_id = i.id and origin = 'live')::int as live,
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
    waiting: 0,
    delivered: live,
  }
  let last: unknown
  await waitFor(
    async () => {
      last = await state()
      return JSON.stringify(last) === JSON.stringify(done)
    },
    { what: 'the import and what comes after it', timeoutMs },
  ).catch((error: Error) => {
    throw new Error(
      `${error.message}: ${JSON.stringify(last)}\n${world.logged.slice(-20).join('\n')}`,
    )
  })
}

async function everyMailOnce(world: World, { inboxId }: InboxRef, { shape, live }: Expectation) {
  const found = await compareImport(world.db, inboxId, world.storageDir, shape)
  // Live mails are no samples, so the comparison counts them as too many.
  expect({ ...found, doubled: found.doubled - live }).toEqual({
    missing: 0,
    doubled: 0,
    wrong_body: 0,
    wrong_thread: 0,
  })
  const { rows } = await sql<{ lost: number; done: number; total: number }>`
    select done, total, (select count(*) from attachments a join messages m
      on m.account_id = a.account_id and m.id = a.message_id
      where m.inbox_id = ${inboxId} and a.state <> 'stored')::int as lost
    from imports where inbox_id = ${inboxId}`.execute(world.db)
  expect(rows).toEqual([{ done: shape.count, total: shape.count, lost: 0 }])
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
      (select count(*) from notifications where inbox_id = ${inboxId})::int as notifications,
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
