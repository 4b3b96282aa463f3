// Answers that the inbox could not send when it was their turn: they leave once it can, by whatever is
// first, and not by surprise.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listStuckSends } from '../../db/stuck-sends.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { resendMessage } from '../../messaging/resend-message.ts'
import { smtpFaults } from '../../scripts/servers/smtp.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const HOUR = 3_600_000

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }
let talks: number[]
let later = 0

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform({ clock: () => new Date(Date.now() + later) }),
    startMailbox(),
  ])
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
  for (const name of ['ana', 'bia']) {
    mailbox.deliver(`From: ${name}@customer.test\r\nMessage-ID: <${name}@c.test>\r\n\r\nHello`)
  }
  const stored = await waitFor(
    async () => {
      const messages = await platform.messages(ref)
      return messages.length === 2 ? messages : undefined
    },
    { what: 'the mails' },
  )
  talks = stored.map(({ conversation_id }) => conversation_id)
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

async function answer(conversationId: number, content: string) {
  const { accountId } = ref
  const by = { accountId, conversationId, userId: platform.administratorId }
  return (await queueOutgoing(platform.db, { ...by, content })).messageId
}
const messageOf = async (id: number) =>
  (await platform.messages(ref)).find((message) => message.id === id)!
const statusIs = (id: number, status: string) =>
  waitFor(async () => (await messageOf(id)).status === status, { what: `${id} to be ${status}` })

/** An answer in each conversation, tried and parked: nobody is at it any more. */
async function park() {
  mailbox.smtp.fail(smtpFaults.smtpAuthDisabled)
  const ids: number[] = []
  for (const talk of talks) {
    ids.push(await answer(talk, `parked in ${talk}`))
    await waitFor(
      async () => {
        const waiting = await platform.db
          .selectFrom('outbox')
          .select('id')
          .where('conversation_id', '=', talk)
          .where('topic', '=', 'send')
          .where('relayed_at', 'is', null)
          .execute()
        if (waiting.length > 0) return false
        const run = await platform.client.workflow.getHandle(workflowIds.send(talk)).describe()
        return run.status.name === 'COMPLETED'
      },
      { what: `the sender of ${talk} to end` },
    )
  }
  expect((await platform.row(ref)).send_status).toBe('action_required')
  mailbox.smtp.mend()
  return ids
}

/** As if they had waited for so long, by the clock of the database. */
const wait = (ids: number[], ms: number) =>
  platform.db
    .updateTable('messages')
    .set({ updated_at: new Date(Date.now() - ms) })
    .where('id', 'in', ids)
    .execute()

test('once one answer gets through, what other conversations had parked follows', async () => {
  const ids = await park()
  const next = await answer(talks[0]!, 'one more')
  for (const id of [...ids, next]) await statusIs(id, 'sent')
  expect(mailbox.smtp.received).toHaveLength(3)
})

test('what nobody is at is found in time, by one try of an inbox that may not send', async () => {
  const ids = await park()
  const stuck = () =>
    listStuckSends(platform.db, { before: new Date(Date.now() - HOUR / 2), limit: 10 })
  expect(await stuck()).toEqual([])
  await wait(ids, HOUR)
  expect(await stuck()).toEqual([{ accountId: ref.accountId, conversationId: talks[1] }])
  await platform.temporal.updateInbox(ref, 'pause', {})
  expect(await stuck()).toEqual([])
  await platform.db
    .updateTable('inboxes')
    .set({ paused: false })
    .where('id', '=', ref.inboxId)
    .execute()
  // As every relay does from time to time, and at its start.
  await platform.addWorker()
  for (const id of ids) await statusIs(id, 'sent')
})

test('what has waited a day fails instead of leaving by surprise, and "Send again" gives it a day', async () => {
  const before = mailbox.smtp.received.length
  const [id] = await park()
  later = 25 * HOUR
  await platform.temporal.wakeSend({ accountId: ref.accountId, conversationId: talks[0]! })
  await statusIs(id!, 'failed')
  const { error_code, error_evidence } = await messageOf(id!)
  expect([error_code, error_evidence]).toEqual(['gave_up', expect.stringContaining('5.7.139')])
  expect(mailbox.smtp.received).toHaveLength(before)
  // A message of yesterday, sent again today.
  later = 0
  await platform.db
    .updateTable('messages')
    .set({ created_at: new Date(Date.now() - 25 * HOUR) })
    .where('id', '=', id!)
    .execute()
  expect(await resendMessage(platform.db, ref.accountId, id!)).toBe(true)
  await statusIs(id!, 'sent')
})
