// Copies for Sent that cannot be filed at once: later they are, as the mail had left, or they are
// given up where the server does not want them.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { parseMail } from '../../protocols/mime/parse-mail.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { answeringProxy, type Scripted } from '../protocols/imap/scripted-imap.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let proxy: Scripted
let ref: { accountId: number; inboxId: number }
let conversationId: number
/** To every APPEND. */
let says: string | undefined
let logins = 0

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform(),
    // So that a refused mail is not on its way already.
    startMailbox({ imap: { hiddenCapabilities: ['LITERAL+'] } }),
  ])
  proxy = await answeringProxy(mailbox.imap.port, (line) => {
    if (/ (?:LOGIN|AUTHENTICATE) /.test(line)) logins += 1
    return / APPEND /.test(line) ? says : undefined
  })
  ref = await platform.connect({ ...mailbox, imap: { ...mailbox.imap, port: proxy.port } })
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
  conversationId = (await written('First name', 'first')).conversation_id
})
afterAll(async () => {
  await platform?.stop()
  proxy?.close()
  await mailbox?.stop()
})

async function written(subject: string, id: string) {
  mailbox.deliver(
    [
      'From: Carla <carla@customer.test>',
      `Subject: ${subject}`,
      `Message-ID: <${id}@customer.test>`,
      ...(id === 'first' ? [] : ['In-Reply-To: <first@customer.test>']),
      `Date: ${new Date().toUTCString()}`,
      '',
      subject,
    ].join('\r\n'),
  )
  return waitFor(
    async () => (await platform.messages(ref)).find(({ source_id }) => source_id?.startsWith(id)),
    { what: subject },
  )
}

async function answer(content: string): Promise<number> {
  const { accountId } = ref
  const { messageId } = await queueOutgoing(platform.db, {
    accountId,
    conversationId,
    userId: platform.administratorId,
    content,
  })
  const status = async () =>
    (await platform.messages(ref)).find(({ id }) => id === messageId)!.status
  await waitFor(async () => (await status()) === 'sent', { what: 'the answer to leave' })
  return messageId
}
const attemptOf = (messageId: number) =>
  platform.db
    .selectFrom('send_attempts')
    .select('copy_due_at')
    .where('message_id', '=', messageId)
    .executeTakeFirstOrThrow()
const sentFolder = async () =>
  (await mailbox.imap.doveadm('fetch', '-u', mailbox.address, 'text', 'mailbox', 'Sent'))
    .split(/^text:\n/m)
    .slice(1)

test('a copy that the server could not take is filed with the next sync, as the mail had left', async () => {
  says = 'NO [UNAVAILABLE] The storage is away'
  const messageId = await answer('it left in time')
  expect((await attemptOf(messageId)).copy_due_at).not.toBeNull()
  // What is said later belongs to no answer that had left before.
  await written('Second name', 'second')
  says = undefined
  await sql`update send_attempts set copy_due_at = now()`.execute(platform.db)
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  await waitFor(async () => (await attemptOf(messageId)).copy_due_at === null, {
    what: 'the copy to be filed',
  })
  const copies = await sentFolder()
  expect(copies).toHaveLength(1)
  const filed = await parseMail(Buffer.from(copies[0]!))
  expect(filed).toEqual(await parseMail(mailbox.smtp.received.at(-1)!.raw))
  expect(filed).toMatchObject({ subject: 'Re: First name', inReplyTo: ['first@customer.test'] })
  const stored = (await platform.messages(ref)).filter(({ direction }) => direction === 'outgoing')
  expect(stored.map(({ id }) => id)).toEqual([messageId])
})

test('a copy that the server does not want is given up, and the answer has left all the same', async () => {
  says = 'NO [OVERQUOTA] Quota exceeded (mailbox for user is full)'
  const messageId = await answer('nowhere to be kept')
  await waitFor(async () => (await attemptOf(messageId)).copy_due_at === null, {
    what: 'the copy to be given up',
  })
  expect(await sentFolder()).toHaveLength(1)
})

test('a mailbox that refused us is not opened for a copy, which is filed after the reconnect', async () => {
  says = undefined
  await mailbox.changePassword('another secret')
  const status = async () => (await platform.row(ref)).receive_status
  await waitFor(async () => (await status()) === 'reauthorization_required', { what: 'red' })
  // Only the mailbox: mail may still be handed in with the old one.
  mailbox.smtp.setPassword(mailbox.address, mailbox.password)
  const before = logins
  const messageId = await answer('left by the other door')
  // What the sender had to do is done once it has ended.
  await platform.client.workflow.getHandle(workflowIds.send(conversationId)).result()
  expect(logins).toBe(before)
  expect((await attemptOf(messageId)).copy_due_at).not.toBeNull()
  await mailbox.changePassword(mailbox.password)
  await platform.temporal.updateInbox(ref, 'reconnect', {})
  await waitFor(async () => (await attemptOf(messageId)).copy_due_at === null, {
    what: 'the copy to be filed',
  })
  expect(await sentFolder()).toHaveLength(2)
})
