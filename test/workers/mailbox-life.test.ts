// The main job on real servers: connect, import, live mail, a refused password, pause, hand-over.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDraft, saveDraft } from '../../db/connect-drafts.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { textOf } from '../replay/record-histories.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { formOf, type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

const mail = (subject: string, date = new Date()) =>
  Buffer.from(
    [
      'From: Carla <carla@customer.test>',
      `To: ${mailbox.address}`,
      `Subject: ${subject}`,
      `Message-ID: <${subject.replaceAll(' ', '-')}@customer.test>`,
      `Date: ${date.toUTCString()}`,
      '',
      `Text of ${subject}`,
    ].join('\r\n'),
  )
const monthsAgo = new Date(Date.now() - 90 * 86_400_000)
const phaseIs = (phase: string) => async () => (await platform.row(ref)).phase === phase
const storedSubject = async (subject: string) =>
  (await platform.messages(ref)).filter(({ content }) => content.includes(`Text of ${subject}`))

test('an inbox connects, imports its history in silence and becomes active', async () => {
  for (let number = 1; number <= 30; number++) {
    mailbox.deliver(mail(`old ${number} end`, monthsAgo), { internalDate: monthsAgo })
  }
  ref = await platform.connect(mailbox)
  await waitFor(phaseIs('active'), { what: 'the inbox to become active' })
  const messages = await platform.messages(ref)
  expect(messages).toHaveLength(30)
  expect(new Set(messages.map(({ origin }) => origin))).toEqual(new Set(['history']))
  const outbox = await platform.db
    .selectFrom('outbox')
    .select('topic')
    .where('topic', '<>', 'inbox')
    .execute()
  expect(outbox).toEqual([])
})

test('a new mail is stored as live within seconds, and once', async () => {
  mailbox.deliver(mail('hello live'))
  const found = async () => (await storedSubject('hello live'))[0]
  const stored = await waitFor(found, { what: 'the live mail', timeoutMs: 10_000 })
  expect(stored).toMatchObject({ origin: 'live', direction: 'incoming' })
})

test('a stopped worker hands its mailbox over within seconds', async () => {
  await platform.addWorker()
  await platform.firstWorker.stop()
  mailbox.deliver(mail('after the hand-over'))
  await waitFor(async () => (await storedSubject('after the hand-over')).length === 1, {
    what: 'the mail on the other worker',
    timeoutMs: 20_000,
  })
})

test('a changed password turns the inbox red once; reconnecting recovers the gap', async () => {
  await mailbox.changePassword('another secret')
  await waitFor(
    async () => (await platform.row(ref)).receive_status === 'reauthorization_required',
    {
      what: 'red',
    },
  )
  const row = await platform.row(ref)
  expect(row.receive_reason).toBe('wrong_password')
  expect(row.receive_evidence).toMatch(/AUTHENTICATIONFAILED|Authentication failed/i)
  mailbox.deliver(mail('during the gap'))

  const wrong = formOf(mailbox, 'still wrong')
  const refusedDraft = await saveDraft(platform.db, platform.vault, ref, wrong)
  await expect(
    platform.temporal.updateInbox(ref, 'reconnect', { draftId: refusedDraft }),
  ).rejects.toMatchObject({ cause: { type: 'ReauthorizationRequired' } })

  const form = formOf(mailbox, 'another secret')
  const draftId = await saveDraft(platform.db, platform.vault, ref, form)
  const { state } = await platform.temporal.updateInbox(ref, 'reconnect', { draftId })
  expect(state).toBe('active')
  await waitFor(async () => (await storedSubject('during the gap')).length === 1, {
    what: 'the gap',
  })
  const notices = await platform.db
    .selectFrom('notifications')
    .select('kind')
    .where('kind', '=', 'inbox.reauthorization_required')
    .execute()
  expect(notices).toHaveLength(1)
})

test('while paused nothing is pulled; resuming brings what came meanwhile', async () => {
  expect((await platform.temporal.updateInbox(ref, 'pause', {})).state).toBe('paused')
  mailbox.deliver(mail('while paused'))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await storedSubject('while paused')).toHaveLength(0)
  expect((await platform.temporal.updateInbox(ref, 'resume', {})).state).toBe('active')
  await waitFor(async () => (await storedSubject('while paused')).length === 1, {
    what: 'the mail',
  })
})

test('disconnecting ends the entity and every call', async () => {
  const { state } = await platform.temporal.updateInbox(ref, 'disconnect', { purge: false })
  expect(state).toBe('disconnected')
  await platform.client.workflow.getHandle(workflowIds.inbox(ref.inboxId)).result()
})

test('the servers of an address are found by a workflow that never tells them to Temporal', async () => {
  const nobody = { accountId: ref.accountId, inboxId: 0 }
  const draft = { address: 'ana@uol.com.br' }
  const draftId = await saveDraft(platform.db, platform.vault, nobody, draft)
  await platform.temporal.discoverServers({ accountId: ref.accountId, draftId })
  expect(await readDraft(platform.db, platform.vault, nobody, draftId)).toMatchObject({
    discovery: { candidates: [{ provider: 'UOL', imap: { host: 'imap.uol.com.br' } }] },
  })
  const run = platform.client.workflow.getHandle(workflowIds.discovery(draftId))
  const told = textOf(await run.fetchHistory())
  expect(told).toContain(draftId)
  expect(told).not.toMatch(/ana@|uol/)
})

test('a form can be tried on its own, and answers with every stage', async () => {
  const wrong = formOf(mailbox, 'a wrong password')
  const draftId = await saveDraft(platform.db, platform.vault, ref, wrong)
  const stages = await platform.temporal.runPreflight({ ...ref, draftId })
  const failed = stages.find(({ ok }) => !ok)
  expect(failed).toMatchObject({ stage: 'login', reason: 'wrong_password' })
  expect(stages[0]).toEqual({ stage: 'dns', ok: true })
})
