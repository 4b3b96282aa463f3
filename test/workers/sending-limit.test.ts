// A provider's limit of mails a day, said with a 5xx and yet passing, or a mailbox that may not send:
// the answer waits for it, for a day at most.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { smtpFaults } from '../../scripts/servers/smtp.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const HOUR = 3_600_000

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }
let conversationId: number
let later = 0

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform({ clock: () => new Date(Date.now() + later) }),
    startMailbox(),
  ])
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
  mailbox.deliver('From: ana@customer.test\r\nSubject: Hi\r\nMessage-ID: <h@c.test>\r\n\r\nHello')
  const stored = await waitFor(async () => (await platform.messages(ref))[0], { what: 'the mail' })
  conversationId = stored.conversation_id
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

async function answer(content: string) {
  const { accountId } = ref
  const by = { accountId, conversationId, userId: platform.administratorId }
  return (await queueOutgoing(platform.db, { ...by, content })).messageId
}
const messageOf = async (id: number) =>
  (await platform.messages(ref)).find((message) => message.id === id)!

/** The waiting try, once its last one met the limit. */
const waitingTry = (attempt: number) =>
  waitFor(
    async () => {
      const handle = platform.client.workflow.getHandle(workflowIds.send(conversationId))
      const [activity] = (await handle.describe()).raw.pendingActivities ?? []
      return activity?.attempt === attempt ? activity : undefined
    },
    { what: `try ${attempt}` },
  )

/** Instead of waiting for the hour to pass. */
async function tryNow() {
  const { workflowService } = platform.client
  const { namespace } = platform.client.options
  const execution = { workflowId: workflowIds.send(conversationId) }
  await workflowService.resetActivity({ namespace, execution, type: 'sendNext' })
}

test('an answer over the daily limit stays queued, is tried hourly, and leaves once', async () => {
  mailbox.smtp.fail(smtpFaults.dailyLimit)
  const id = await answer('within the day')
  const { nextAttemptScheduleTime, lastAttemptCompleteTime, lastFailure } = await waitingTry(2)
  expect(lastFailure?.message).toBe('over_quota')
  const seconds =
    Number(nextAttemptScheduleTime!.seconds) - Number(lastAttemptCompleteTime!.seconds)
  expect(Math.abs(seconds * 1000 - HOUR)).toBeLessThan(0.01 * HOUR)
  expect(await messageOf(id)).toMatchObject({ status: 'queued', error_code: null })
  const row = await platform.row(ref)
  expect(row).toMatchObject({ send_status: 'retrying', send_reason: 'over_quota' })
  expect(row.send_evidence).toContain('Daily user sending limit exceeded')

  mailbox.smtp.mend()
  await tryNow()
  await waitFor(async () => (await messageOf(id)).status === 'sent', { what: 'the answer' })
  expect(mailbox.smtp.received).toHaveLength(1)
  await waitFor(async () => (await platform.row(ref)).send_status === 'ok', { what: 'health' })
})

test('when the limit outlasts a day the answer fails, with the words of the server', async () => {
  mailbox.smtp.fail(smtpFaults.dailyLimit)
  const id = await answer('for more than a day')
  await waitingTry(2)
  later = 25 * HOUR
  await tryNow()
  const failed = async () => (await messageOf(id)).status === 'failed'
  await waitFor(failed, { what: 'the end of patience' })
  const { error_code, error_evidence } = await messageOf(id)
  expect(error_code).toBe('gave_up')
  expect(error_evidence).toContain('5.4.5')
})
