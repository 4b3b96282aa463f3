// A worker killed while it files the copy of what has just gone out: the next one sees to it that
// Sent has it, and has it once.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseMail } from '../../protocols/mime/parse-mail.ts'
import { type AppendProxy, startAppendProxy } from '../simulators/append-proxy.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Sender, sendingInbox } from '../workers/sending-inbox.ts'
import { startWorld, type World } from './world.ts'

const CASES = ['asked', 'answered'] as const
const addressOf = (when: string) => `${when}@shop.test`

let world: World
let mailbox: Mailbox
const senders = new Map<string, Sender<AppendProxy>>()

beforeAll(async () => {
  const users = Object.fromEntries(CASES.map((when) => [addressOf(when), 'a secret']))
  ;[world, mailbox] = await Promise.all([
    startWorld(),
    startMailbox({ imap: { users }, smtp: { users } }),
  ])
  const victim = await world.startWorker()
  const { imap, smtp: server } = mailbox
  for (const when of CASES) {
    const proxy = await startAppendProxy(imap.port, when)
    const ports = { port: server.port, imapPort: proxy.port }
    const at = { address: addressOf(when), ...ports, encryption: 'none' } as const
    senders.set(when, await sendingInbox(world, at, { proxy, server }))
  }
  const all = [...senders.values()]
  await Promise.all(all.map((sender) => sender.active()))
  await Promise.all(all.map((sender) => sender.answer('It is on its way.')))
  await waitFor(() => all.every(({ proxy }) => proxy.struck), { what: 'both to be filing' })
  await victim.stop('SIGKILL')
  // The time after which somebody else may file it has come.
  await sql`update send_attempts set copy_due_at = now() where copy_due_at is not null`.execute(
    world.db,
  )
  await world.startWorker()
}, 180_000)
afterAll(async () => {
  for (const { proxy } of senders.values()) proxy.close()
  await world?.stop()
  await mailbox?.stop()
})

async function owed({ inboxId }: Sender<AppendProxy>): Promise<number> {
  const { rows } = await sql`
    select from send_attempts a join messages m on m.id = a.message_id
    where m.inbox_id = ${inboxId} and a.copy_due_at is not null`.execute(world.db)
  return rows.length
}

test.each([
  ['before the server hears of it', 'asked'],
  ['when the server has filed it, and nobody knows', 'answered'],
])('a copy whose worker is killed %s is in Sent once', async (_, when) => {
  const sender = senders.get(when)!
  await waitFor(async () => (await owed(sender)) === 0, { what: 'the copy to be filed' })
  expect(await sender.settled()).toEqual({ status: 'sent', error_code: null })
  const user = ['-u', addressOf(when)]
  const copies = await mailbox.imap.doveadm('-f', 'flow', 'search', ...user, 'mailbox', 'Sent')
  expect(copies.trim().split('\n')).toHaveLength(1)
  const copy = await mailbox.imap.doveadm('fetch', ...user, 'text', 'mailbox', 'Sent')
  const [left] = sender.received()
  const filed = await parseMail(Buffer.from(copy.replace(/^text:\n/, '')))
  expect(filed).toEqual(await parseMail(left!.raw))
})
