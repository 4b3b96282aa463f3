// A server that files what it sends, as Gmail and Microsoft do: its Sent folder tells what became of
// a send whose end was lost. Also who gets an answer, and how fast answers leave.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { smtpFaults } from '../../scripts/servers/smtp.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { formOf, type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform({ tuning: { lookInSentEveryMs: 200, lookInSentForMs: 2_000 } }),
    startMailbox({ smtp: { filesSent: true } }),
  ])
  const { settings } = formOf(mailbox)
  ref = await platform.connect(mailbox, {
    settings: { ...settings, smtp: { ...settings.smtp, files_sent: true } },
  })
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

async function conversationAbout(subject: string) {
  mailbox.deliver(
    [
      'From: Carla <carla@customer.test>',
      `To: ${mailbox.address}`,
      `Subject: ${subject}`,
      `Message-ID: <${subject.replaceAll(' ', '-')}@customer.test>`,
      '',
      `Text of ${subject}`,
    ].join('\r\n'),
  )
  const stored = await waitFor(
    async () =>
      (await platform.messages(ref)).find(({ content }) => content.includes(`Text of ${subject}`)),
    { what: `the mail "${subject}"` },
  )
  return stored.conversation_id
}

const answer = (conversationId: number, content: string, attributes = {}) =>
  queueOutgoing(platform.db, {
    accountId: ref.accountId,
    conversationId,
    userId: platform.administratorId,
    content,
    attributes,
  })
const messageOf = async (messageId: number) =>
  (await platform.messages(ref)).find(({ id }) => id === messageId)!
const waitForStatus = (messageId: number, status: string) =>
  waitFor(async () => (await messageOf(messageId)).status === status, { what: status })
const sent = (text: string) =>
  mailbox.smtp.received.filter(({ raw }) => raw.toString().includes(text))

test('an answer that the server had filed when the line broke is sent, and left once', async () => {
  const conversationId = await conversationAbout('filed in time')
  mailbox.smtp.fail(smtpFaults.closeAfterData, { times: 1 })
  const { messageId } = await answer(conversationId, 'it had arrived')
  await waitForStatus(messageId, 'sent')
  expect(sent('it had arrived')).toHaveLength(1)
})

test('one that is not in Sent after its time leaves once more, under the same Message-ID', async () => {
  const conversationId = await conversationAbout('never filed')
  mailbox.smtp.fail(smtpFaults.closeDuringData, { times: 1 })
  const { messageId, sourceId } = await answer(conversationId, 'it had not arrived')
  await waitForStatus(messageId, 'sent')
  expect(sent('it had not arrived').map(({ raw }) => raw.toString())).toEqual([
    expect.stringContaining(`Message-ID: <${sourceId}>`),
  ])
  const attempts = await platform.db
    .selectFrom('send_attempts')
    .select('state')
    .where('message_id', '=', messageId)
    .orderBy('id')
    .execute()
  expect(attempts.map(({ state }) => state)).toEqual(['not_transmitted', 'accepted'])
})

test('where the server files Sent we file no second copy, and the copy is not a new message', async () => {
  const conversationId = await conversationAbout('one copy')
  const { messageId, sourceId } = await answer(conversationId, 'only one copy')
  await waitForStatus(messageId, 'sent')
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  await waitFor(async () => (await messageOf(messageId)).external_id !== null, {
    what: 'Sent to be read',
  })
  const copies = (await platform.messages(ref)).filter(({ source_id }) => source_id === sourceId)
  expect(copies).toHaveLength(1)
  const places = await platform.db
    .selectFrom('message_locations')
    .select('folder')
    .where('message_id', '=', messageId)
    .execute()
  expect(places).toEqual([{ folder: 'Sent' }])
})

test('a mailbox that refused us is not asked, and what became of the answer is found after the reconnect', async () => {
  const conversationId = await conversationAbout('nobody may look')
  await mailbox.changePassword('another secret')
  const status = async () => (await platform.row(ref)).receive_status
  await waitFor(async () => (await status()) === 'reauthorization_required', { what: 'red' })
  // Only the mailbox: mail may still be handed in with the old one.
  mailbox.smtp.setPassword(mailbox.address, mailbox.password)
  mailbox.smtp.fail(smtpFaults.closeAfterData, { times: 1 })
  const { messageId } = await answer(conversationId, 'filed and not looked for')
  await waitForStatus(messageId, 'transmitting')
  await platform.client.workflow.getHandle(workflowIds.send(conversationId)).result()
  expect((await messageOf(messageId)).status).toBe('transmitting')
  expect((await platform.row(ref)).send_status).toBe('ok')
  await mailbox.changePassword(mailbox.password)
  await platform.temporal.updateInbox(ref, 'reconnect', {})
  await waitForStatus(messageId, 'sent')
  expect(sent('filed and not looked for')).toHaveLength(1)
})

test('copies go to whom they were meant for, and nobody reads of the blind one', async () => {
  const conversationId = await conversationAbout('three people')
  const { messageId } = await answer(conversationId, 'for three', {
    cc: [{ name: 'Bia', address: 'bia@customer.test' }],
    bcc: [{ name: '', address: 'boss@shop.test' }],
  })
  await waitForStatus(messageId, 'sent')
  const [mail] = sent('for three')
  expect(mail!.to).toEqual(['carla@customer.test', 'bia@customer.test', 'boss@shop.test'])
  expect(mail!.raw.toString()).toMatch(/^Cc: Bia <bia@customer\.test>/m)
  expect(mail!.raw.toString()).not.toContain('boss@shop.test')
})

test('a mailbox that may send one at a time keeps the next in its queue until its turn', async () => {
  const { settings } = formOf(mailbox)
  const smtp = { ...settings.smtp, files_sent: true, per_minute: 1 }
  await platform.db
    .updateTable('inboxes')
    .set({ settings: { ...settings, smtp } })
    .where('id', '=', ref.inboxId)
    .execute()
  const conversationId = await conversationAbout('slowly')
  const first = await answer(conversationId, 'first in turn')
  const second = await answer(conversationId, 'second in turn')
  await waitForStatus(first.messageId, 'sent')
  const sender = platform.client.workflow.getHandle(workflowIds.send(conversationId))
  const failure = async () =>
    (await sender.describe()).raw.pendingActivities?.[0]?.lastFailure?.message ?? ''
  await waitFor(async () => (await failure()).includes('may send'), { what: 'the pace' })
  expect((await messageOf(second.messageId)).status).toBe('queued')
  expect(sent('second in turn')).toHaveLength(0)
})
