// What happens to a mailbox that is in sync: lines that drop, new numbers, mails that go or move. Every
// mail stays one message, and the mailbox stays as it was.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const OLD = ['old 1', 'old 2', 'old 3', 'old 4']

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
  for (const subject of OLD) deliver(subject, new Date(Date.now() - 30 * 86_400_000))
  // One that acts in the database alone, so that its effects are over with its run.
  await platform.db
    .insertInto('automation_rules')
    .values({
      account_id: platform.accountId,
      name: 'Every new mail',
      event: 'message_created',
      conditions: { all: [] },
      actions: [{ action: 'set_priority', priority: 'high' }],
    })
    .execute()
  ref = await platform.connect(mailbox, { joinDefaultRules: false })
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

/** From a customer of its own, so in a conversation of its own. */
function deliver(subject: string, date = new Date()) {
  const name = subject.replaceAll(' ', '-')
  mailbox.deliver(
    [
      `From: ${name}@customer.test`,
      `Subject: ${subject}`,
      `Message-ID: <${name}@customer.test>`,
      `Date: ${date.toUTCString()}`,
      '',
      `Text of ${subject}`,
    ].join('\r\n'),
    { internalDate: date },
  )
}

const stored = async () =>
  (await platform.messages(ref)).map(({ content }) => content.trim().replace('Text of ', ''))
const waitForStored = (subject: string) =>
  waitFor(async () => (await stored()).includes(subject), { what: subject })
const doveadm = (verb: string, ...args: string[]) =>
  mailbox.imap.doveadm(verb, '-u', mailbox.address, ...args)
const subjectsIn = async (folder: string) =>
  (await doveadm('fetch', 'hdr.subject', 'mailbox', folder)).match(/(?<=hdr\.subject: ).+/g) ?? []

/** Everything that a mail can cause, and how often it did. */
async function effects() {
  const { rows } = await sql<Record<string, number>>`
    select
      (select count(*) from messages)::int as messages,
      (select count(*) from conversations)::int as conversations,
      (select count(*) from contacts)::int as contacts,
      (select count(*) from account_events where kind like 'message%')::int as message_events,
      (select count(*) from account_events where kind like 'conversation%')::int as conversation_events,
      (select count(*) from outbox where topic <> 'inbox')::int as outbox,
      (select count(*) from rule_runs)::int as rule_runs,
      (select count(*) from bot_events)::int as bot_events,
      (select count(*) from notifications)::int as notifications`.execute(platform.db)
  return rows[0]!
}

async function quarantineUnderOldNumbers() {
  const { accountId: account_id, inboxId: inbox_id } = ref
  const place = { folder: 'INBOX', uidvalidity: 1, uid: 1 }
  await platform.db
    .insertInto('quarantine')
    .values({ account_id, inbox_id, ...place, arrival: 'history', reason: 'not_understood' })
    .execute()
}

test('connections that drop while mail comes lose and double nothing', async () => {
  const fresh = ['while it drops 1', 'while it drops 2', 'while it drops 3']
  for (const subject of fresh) {
    deliver(subject)
    await mailbox.imap.kick(mailbox.address)
    await waitForStored(subject)
  }
  expect((await stored()).sort()).toEqual((await subjectsIn('INBOX')).sort())
  await waitFor(async () => (await platform.row(ref)).receive_status === 'ok', { what: 'health' })
})

test('a folder with new numbers is read again without one message or event more', async () => {
  await quarantineUnderOldNumbers()
  const before = await waitFor(
    async () => {
      const now = await effects()
      return now.rule_runs === now.messages! - OLD.length ? now : undefined
    },
    { what: 'a run of the rule for each new mail' },
  )
  await mailbox.imap.setUidValidity(mailbox.address, 4_000_000)
  await mailbox.imap.kick(mailbox.address)
  const renumbered = async () => {
    const { rows } = await sql`
      select from message_locations where inbox_id = ${ref.inboxId} and uidvalidity = 4000000`.execute(
      platform.db,
    )
    return rows.length
  }
  await waitFor(async () => (await renumbered()) === before.messages, { what: 'all the mails' })
  expect(await effects()).toEqual(before)
  // By those numbers nobody would ever find it; what cannot be read is met again.
  expect(await platform.db.selectFrom('quarantine').select('id').execute()).toEqual([])
  deliver('after the new numbers')
  await waitForStored('after the new numbers')
  expect((await stored()).sort()).toEqual((await subjectsIn('INBOX')).sort())
})

test('mails that are expunged, moved and moved back stay what they were, and no flag is touched', async () => {
  const before = await stored()
  await mailbox.imap.doveadm('mailbox', 'create', '-u', mailbox.address, 'Arquivo')
  await mailbox.imap.doveadm(
    ...['flags', 'add', '-u', mailbox.address, '\\Flagged', 'mailbox', 'INBOX', 'subject', 'old 3'],
  )
  await doveadm('expunge', 'mailbox', 'INBOX', 'subject', 'old 1')
  for (const subject of ['old 2', 'while it drops 2']) {
    await doveadm('move', 'Arquivo', 'mailbox', 'INBOX', 'subject', subject)
  }
  deliver('after the moves')
  await waitForStored('after the moves')
  await doveadm('move', 'INBOX', 'mailbox', 'Arquivo', 'all')
  deliver('after the moves back')
  await waitForStored('after the moves back')
  expect(await stored()).toEqual([...before, 'after the moves', 'after the moves back'])
  expect(await subjectsIn('INBOX')).not.toContain('old 1')
  const flags = (await doveadm('fetch', 'flags', 'mailbox', 'INBOX')).match(/\\\w+/g)
  expect(flags?.filter((flag) => flag !== '\\Recent')).toEqual(['\\Flagged'])
})
