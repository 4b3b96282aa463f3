// ClaudIA is silent about old mail, with the reason on record: mail moved into INBOX during and
// after an import, mail that waited out a hold of three days, mail of a three-day gap. And the
// other way round: what is live when the hold ends reaches her once.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { saveBot } from '../../db/integrations.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from '../workers/platform.ts'
import { startTestBot, type TestBot } from './test-bot.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const ago = (ms: number) => new Date(Date.now() - ms)

let platform: Platform
let bot: TestBot
let clockOffset = 0
const stops: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  bot = await startTestBot('whsec_c2VjcmV0')
  platform = await startPlatform({
    tuning: { importPage: 1 },
    clock: () => new Date(Date.now() + clockOffset),
  })
  const { accountId, claudiaId, vault, db } = platform
  const sealed = vault.seal({ accountId, row: `bots/${claudiaId}` }, bot.secret)
  await saveBot(db, accountId, claudiaId, bot.url, sealed)
})
afterAll(async () => {
  await platform?.stop()
  await Promise.all([...stops.map((stop) => stop()), bot?.stop()])
})

interface Ref {
  accountId: number
  inboxId: number
}

/** An inbox of its own whose import a person has paused: held for as long as the test wants. */
async function heldInbox(name: string, old: { subject: string; at: Date }[] = []) {
  const mailbox = await startMailbox({ address: `${name}@shop.test` })
  stops.push(mailbox.stop)
  for (let n = 1; n <= 40; n++) deliver(mailbox, { subject: `past ${n}`, at: ago(90 * DAY) })
  for (const mail of old) deliver(mailbox, mail)
  const ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'importing', { what: 'importing' })
  await platform.temporal.updateInbox(ref, 'pauseImport', {})
  await waitFor(async () => (await platform.row(ref)).last_good_sync_at, { what: 'a first sync' })
  expect((await platform.row(ref)).held_since).not.toBeNull()
  return { mailbox, ref }
}

async function endHold(ref: Ref) {
  await platform.temporal.updateInbox(ref, 'resumeImport', {})
  await waitFor(
    async () => {
      const row = await platform.row(ref)
      return row.phase === 'active' && row.held_since === null
    },
    { what: 'the end of the hold' },
  )
}

interface Letter {
  subject: string
  /** When it was delivered, by its Received header. */
  at: Date
  /** The subjects it answers, oldest first. */
  thread?: string[]
  folder?: string
  from?: string
}

const idOf = (mailbox: Mailbox, subject: string) =>
  `${subject.replaceAll(' ', '-')}.${mailbox.address}`

function deliver(mailbox: Mailbox, { subject, at, thread = [], folder, from }: Letter): void {
  const references = thread.map((one) => `<${idOf(mailbox, one)}>`)
  const raw = [
    `Received: from mx.customer.test by in.shop.test; ${at.toUTCString()}`,
    `From: ${from ?? `${subject} <${subject.replaceAll(' ', '-')}@customer.test>`}`,
    `To: ${from ? 'customer@customer.test' : mailbox.address}`,
    `Subject: ${subject}`,
    `Message-ID: <${idOf(mailbox, subject)}>`,
    ...(thread.length > 0
      ? [`In-Reply-To: ${references.at(-1)}`, `References: ${references.join(' ')}`]
      : []),
    `Date: ${at.toUTCString()}`,
    '',
    `Text of ${subject}.`,
  ]
  mailbox.deliver(raw.join('\r\n'), { internalDate: at, ...(folder ? { folder } : {}) })
}

/** As a person does it in a mail program. */
async function moveToInbox(mailbox: Mailbox, from: string) {
  await mailbox.imap.doveadm('move', '-u', mailbox.address, 'INBOX', 'mailbox', from, 'all')
}

async function stored(ref: Ref, subject: string) {
  return waitFor(
    async () => {
      const found = (await platform.messages(ref)).filter(({ content }) =>
        content.includes(`Text of ${subject}.`),
      )
      expect(found.length, subject).toBeLessThanOrEqual(1)
      return found[0]
    },
    { what: `the mail "${subject}"` },
  )
}

const conversationOf = async (ref: Ref, subject: string) =>
  platform.db
    .selectFrom('conversations')
    .selectAll()
    .where('id', '=', (await stored(ref, subject)).conversation_id)
    .executeTakeFirstOrThrow()

/** Outcome and reason of every action that a mail's rules came to. */
async function receipts(ref: Ref, subject: string) {
  const { id } = await stored(ref, subject)
  const rows = await platform.db
    .selectFrom('rule_runs as run')
    .innerJoin('action_receipts as receipt', (join) =>
      join
        .onRef('receipt.account_id', '=', 'run.account_id')
        .onRef('receipt.run_id', '=', 'run.id'),
    )
    .select(['receipt.action', 'receipt.outcome', 'receipt.reason'])
    .where('run.message_id', '=', id)
    .orderBy('run.id')
    .execute()
  return rows.map(({ action, outcome, reason }) => [action, outcome, reason])
}

async function answer(
  ref: Ref,
  subject: string,
  { at, userId = platform.administratorId }: { at?: Date; userId?: number } = {},
) {
  const { conversation_id } = await stored(ref, subject)
  const { messageId } = await queueOutgoing(platform.db, {
    accountId: ref.accountId,
    conversationId: conversation_id,
    userId,
    content: `An answer to ${subject}`,
  })
  if (!at) return
  await platform.db
    .updateTable('messages')
    .set({ sent_at: at })
    .where('id', '=', messageId)
    .execute()
}

/** Everything that is live has been handled, so what was not said will not be said. */
async function handled(ref: Ref) {
  await waitFor(
    async () => {
      // Not every message is an event for the rules, so the sequence alone does not tell.
      const waiting = await platform.db
        .selectFrom('outbox')
        .innerJoin('conversations', 'conversations.id', 'outbox.conversation_id')
        .select('outbox.id')
        .where('outbox.topic', '=', 'conversation')
        .where('outbox.inbox_id', '=', ref.inboxId)
        .whereRef('outbox.seq', '>', 'conversations.handled_seq')
        .execute()
      const pending = await platform.db
        .selectFrom('bot_events')
        .select('id')
        .where('status', '=', 'pending')
        .execute()
      return waiting.length + pending.length === 0
    },
    { what: 'every event to be handled' },
  )
}

async function saidAbout(ref: Ref, subject: string) {
  const { id } = await stored(ref, subject)
  return bot.about(id).length
}

test('old mail moved into INBOX during the import is late: open for people, silent', async () => {
  const { mailbox, ref } = await heldInbox('moved-during', [
    { subject: 'known before', at: ago(20 * DAY) },
  ])
  deliver(mailbox, { subject: 'from the archive', at: ago(30 * DAY), folder: 'Archive' })
  deliver(mailbox, { subject: 'also archived', at: ago(2 * DAY), folder: 'Archive' })
  await moveToInbox(mailbox, 'Archive')
  // Out and in again: imported or not, it is history that lies in two places.
  const query = ['header', 'subject', 'known before']
  await mailbox.imap.doveadm('mailbox', 'create', '-u', mailbox.address, 'Aside')
  await mailbox.imap.doveadm('move', '-u', mailbox.address, 'Aside', 'mailbox', 'INBOX', ...query)
  await moveToInbox(mailbox, 'Aside')
  expect((await stored(ref, 'from the archive')).origin).toBe('late')
  expect((await stored(ref, 'also archived')).origin).toBe('late')
  await answer(ref, 'also archived')
  deliver(mailbox, { subject: 'fresh', at: new Date() })
  expect((await stored(ref, 'fresh')).origin).toBe('live')
  await endHold(ref)
  await waitFor(() => bot.handled.some(({ content }) => content.includes('fresh')), {
    what: 'the fresh mail at the bot',
  })
  await handled(ref)
  for (const subject of ['from the archive', 'also archived']) {
    expect(await saidAbout(ref, subject)).toBe(0)
    expect(await receipts(ref, subject)).toEqual([])
    expect(await conversationOf(ref, subject)).toMatchObject({
      status: 'open',
      attention_reason: 'late',
      assignee_id: null,
    })
  }
  expect((await stored(ref, 'known before')).origin).not.toBe('live')
  expect(await saidAbout(ref, 'known before')).toBe(0)
})

test('old mail moved into INBOX after the import is late too, also once it was answered', async () => {
  const { mailbox, ref } = await heldInbox('moved-after', [
    { subject: 'imported before', at: ago(20 * DAY) },
  ])
  await endHold(ref)
  deliver(mailbox, { subject: 'out of a drawer', at: ago(10 * DAY), folder: 'Archive' })
  await moveToInbox(mailbox, 'Archive')
  expect((await stored(ref, 'out of a drawer')).origin).toBe('late')
  await answer(ref, 'out of a drawer')
  await mailbox.imap.doveadm('mailbox', 'create', '-u', mailbox.address, 'Aside')
  const query = ['header', 'subject', 'imported before']
  await mailbox.imap.doveadm('move', '-u', mailbox.address, 'Aside', 'mailbox', 'INBOX', ...query)
  await moveToInbox(mailbox, 'Aside')
  deliver(mailbox, { subject: 'fresh afterwards', at: new Date() })
  await waitFor(() => bot.handled.some(({ content }) => content.includes('fresh afterwards')), {
    what: 'the fresh mail at the bot',
  })
  await handled(ref)
  expect(await saidAbout(ref, 'out of a drawer')).toBe(0)
  expect((await conversationOf(ref, 'out of a drawer')).attention_reason).toBe('late')
  expect((await stored(ref, 'imported before')).origin).toBe('history')
  expect(await saidAbout(ref, 'imported before')).toBe(0)
  const places = await platform.db
    .selectFrom('message_locations')
    .select('uid')
    .where('message_id', '=', (await stored(ref, 'imported before')).id)
    .execute()
  expect(places).toHaveLength(2)
})

test('after a hold of three days only what is fresh and unanswered reaches ClaudIA', async () => {
  clockOffset = -3 * DAY
  const { mailbox, ref } = await heldInbox('long-hold')
  deliver(mailbox, { subject: 'three days old', at: ago(3 * DAY - HOUR) })
  deliver(mailbox, { subject: 'old and answered', at: ago(3 * DAY - HOUR) })
  await answer(ref, 'old and answered', { at: ago(2 * DAY) })
  expect((await stored(ref, 'three days old')).origin).toBe('live')
  clockOffset = 0
  deliver(mailbox, { subject: 'fresh but answered', at: ago(2 * HOUR) })
  await answer(ref, 'fresh but answered')
  deliver(mailbox, { subject: 'fresh and waiting', at: ago(HOUR) })
  await stored(ref, 'fresh and waiting')
  expect(bot.handled.filter(({ body }) => body.includes('long-hold@'))).toEqual([])

  await endHold(ref)
  await handled(ref)
  expect(await saidAbout(ref, 'fresh and waiting')).toBe(1)
  for (const subject of ['three days old', 'old and answered']) {
    expect(await saidAbout(ref, subject)).toBe(0)
    expect(await receipts(ref, subject)).toEqual([['assign_claudia', 'skipped', 'stale']])
    expect(await conversationOf(ref, subject)).toMatchObject({
      status: 'open',
      attention_reason: 'stale',
    })
  }
  expect(await saidAbout(ref, 'fresh but answered')).toBe(0)
  expect(await receipts(ref, 'fresh but answered')).toEqual([
    ['assign_claudia', 'skipped', 'answered_by_person'],
  ])
})

test('after a gap of three days ClaudIA answers what is fresh; the rest is work for people', async () => {
  clockOffset = -3 * DAY
  const { mailbox, ref } = await heldInbox('long-gap')
  await endHold(ref)
  deliver(mailbox, { subject: 'before the gap', at: ago(3 * DAY + HOUR) })
  await stored(ref, 'before the gap')
  await handled(ref)
  expect(await saidAbout(ref, 'before the gap')).toBe(1)
  await answer(ref, 'before the gap', { userId: platform.claudiaId })

  await mailbox.changePassword('another secret')
  await waitFor(
    async () => (await platform.row(ref)).receive_status === 'reauthorization_required',
    { what: 'red' },
  )
  deliver(mailbox, { subject: 'old news', at: ago(2 * DAY) })
  deliver(mailbox, { subject: 'moved meanwhile', at: ago(9 * DAY), folder: 'Archive' })
  await moveToInbox(mailbox, 'Archive')
  deliver(mailbox, { subject: 'one more thing', at: ago(2 * HOUR), thread: ['before the gap'] })
  deliver(mailbox, {
    subject: 'answered in another program',
    at: ago(HOUR),
    thread: ['before the gap', 'one more thing'],
    from: mailbox.address,
    folder: 'Sent',
  })
  deliver(mailbox, { subject: 'this morning', at: ago(2 * HOUR) })
  clockOffset = 0
  await mailbox.changePassword(mailbox.password)
  const { state } = await platform.temporal.updateInbox(ref, 'reconnect', {})
  expect(state).toBe('active')

  await stored(ref, 'this morning')
  await stored(ref, 'answered in another program')
  await handled(ref)
  expect(await saidAbout(ref, 'this morning')).toBe(1)
  expect((await stored(ref, 'old news')).origin).toBe('live')
  expect(await saidAbout(ref, 'old news')).toBe(0)
  expect(await receipts(ref, 'old news')).toEqual([['assign_claudia', 'skipped', 'stale']])
  expect((await conversationOf(ref, 'old news')).status).toBe('open')
  expect((await stored(ref, 'moved meanwhile')).origin).toBe('late')
  expect(await saidAbout(ref, 'moved meanwhile')).toBe(0)
  expect((await conversationOf(ref, 'moved meanwhile')).attention_reason).toBe('late')
  expect(await saidAbout(ref, 'one more thing')).toBe(0)
  expect(await receipts(ref, 'one more thing')).toEqual([
    ['deliver_to_claudia', 'skipped', 'answered_by_person'],
  ])
})

test('a release that races live mail hands each of it over once', async () => {
  const { mailbox, ref } = await heldInbox('racing')
  const subjects = Array.from({ length: 30 }, (_, n) => `racing ${n}`)
  let released: Promise<unknown> | undefined
  for (const [n, subject] of subjects.entries()) {
    deliver(mailbox, { subject, at: new Date() })
    // Between the first that are stored under the hold and the last that come after it.
    if (n === 10) await stored(ref, 'racing 3')
    if (n > 10) await sleep(20)
    if (n === 15) released = platform.temporal.updateInbox(ref, 'releaseClaudia', {})
  }
  await released
  for (const subject of subjects) {
    await waitFor(async () => (await saidAbout(ref, subject)) > 0, { what: `"${subject}" said` })
  }
  await handled(ref)
  for (const subject of subjects) expect(await saidAbout(ref, subject), subject).toBe(1)
  // The import it was released from goes on in silence.
  await endHold(ref)
  await handled(ref)
  expect(bot.handled.filter(({ content }) => content.includes('Text of past'))).toEqual([])
})
