// Answers on real servers: sent in order and threaded, never twice; and ClaudIA's signed delivery.
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { saveBot } from '../../db/integrations.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { resendMessage } from '../../messaging/resend-message.ts'
import { smtpFaults } from '../../scripts/servers/smtp.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }
const bot = startBot()

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform({ tuning: { claudiaAnswerMs: 5_000 } }),
    startMailbox(),
  ])
  const { accountId, claudiaId, vault, db } = platform
  const sealed = vault.seal({ accountId, row: `bots/${claudiaId}` }, 'whsec_c2VjcmV0')
  await saveBot(db, accountId, claudiaId, await bot.url, sealed)
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
  bot.server.close()
})

function deliver(subject: string) {
  mailbox.deliver(
    [
      'From: Carla <carla@customer.test>',
      `To: ${mailbox.address}`,
      `Subject: ${subject}`,
      `Message-ID: <${subject.replaceAll(' ', '-')}@customer.test>`,
      `Date: ${new Date().toUTCString()}`,
      '',
      `Text of ${subject}`,
      '',
      '> What you wrote',
    ].join('\r\n'),
  )
}

async function conversationOf(subject: string) {
  const stored = await waitFor(
    async () =>
      (await platform.messages(ref)).find(({ content }) => content.includes(`Text of ${subject}`)),
    { what: `the mail "${subject}"` },
  )
  return stored.conversation_id
}

const answer = (conversationId: number, content: string) =>
  queueOutgoing(platform.db, {
    accountId: ref.accountId,
    conversationId,
    userId: platform.administratorId,
    content,
  })
const statusOf = async (messageId: number) =>
  (await platform.messages(ref)).find(({ id }) => id === messageId)?.status
const waitForStatus = (messageId: number, status: string) =>
  waitFor(async () => (await statusOf(messageId)) === status, { what: `status ${status}` })
const sentBodies = (text: string) =>
  mailbox.smtp.received.filter(({ raw }) => raw.toString().includes(text))

test('a live mail reaches ClaudIA once, signed, with the conversation', async () => {
  deliver('question one')
  const delivery = await waitFor(() => bot.received[0], { what: 'the delivery' })
  expect(delivery.body).toMatchObject({
    event: 'message_created',
    message: {
      message_type: 'incoming',
      content: expect.stringContaining('question one'),
      quote_start: 'Text of question one\n\n'.length,
    },
    conversation: { inbox_id: ref.inboxId, contact: { email: 'carla@customer.test' } },
  })
  const id = delivery.headers['webhook-id']
  const timestamp = delivery.headers['webhook-timestamp']
  const expected = createHmac('sha256', 'secret')
    .update(`${id}.${timestamp}.${delivery.text}`)
    .digest('base64')
  expect(delivery.headers['webhook-signature']).toBe(`v1,${expected}`)
  // Noted once the bot has answered, which is after it has heard.
  const delivered = async () => {
    const events = await platform.db.selectFrom('bot_events').select('status').execute()
    return events.map(({ status }) => status).join() === 'delivered'
  }
  await waitFor(delivered, { what: 'one delivered event' })
})

test('an answer that comes back is marked failed, with the words of the server', async () => {
  deliver('a bounce')
  const conversationId = await conversationOf('a bounce')
  const { messageId, sourceId } = await answer(conversationId, 'an answer to nobody')
  await waitForStatus(messageId, 'sent')
  const part = (type: string, ...lines: string[]) => [
    '--dsn',
    `Content-Type: ${type}`,
    '',
    ...lines,
  ]
  mailbox.deliver(
    [
      'From: MAILER-DAEMON@customer.test',
      `Date: ${new Date().toUTCString()}`,
      'Content-Type: multipart/report; report-type=delivery-status; boundary=dsn',
      '',
      ...part('text/plain', 'Undelivered.'),
      ...part(
        'message/delivery-status',
        ...[
          'Reporting-MTA: dns; customer.test',
          '',
          'Final-Recipient: rfc822; carla@customer.test',
        ],
        ...['Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 User unknown'],
      ),
      ...part('text/rfc822-headers', `Message-ID: <${sourceId}>`),
      '--dsn--',
    ].join('\r\n'),
  )
  await waitForStatus(messageId, 'failed')
  const messages = await platform.messages(ref)
  expect(messages.find(({ id }) => id === messageId)).toMatchObject({
    error_code: 'bounced',
    error_evidence: 'carla@customer.test: 550 5.1.1 User unknown',
  })
  // It lies beside what it is about, and wakes nobody.
  const bounce = messages.find(({ content }) => content.includes('Undelivered.'))
  expect(bounce).toMatchObject({ conversation_id: conversationId })
  expect(bot.received.filter(({ text }) => text.includes('Undelivered.'))).toEqual([])
})

test('answers leave in their order, threaded, and are filed in Sent', async () => {
  deliver('two answers')
  const conversationId = await conversationOf('two answers')
  const first = await answer(conversationId, 'first answer')
  const second = await answer(conversationId, 'second answer')
  await waitForStatus(second.messageId, 'sent')
  expect(await statusOf(first.messageId)).toBe('sent')
  const raws = mailbox.smtp.received.map(({ raw }) => raw.toString())
  const at = (text: string) => raws.findIndex((raw) => raw.includes(text))
  expect(at('first answer')).toBeLessThan(at('second answer'))
  expect(raws[at('first answer')]).toMatch(/In-Reply-To: <two-answers@customer\.test>/)
  expect(raws[at('first answer')]).toMatch(/Subject: Re: two answers/)
  expect(raws[at('first answer')]).toContain(`Message-ID: <${first.sourceId}>`)
  const copies = () =>
    platform.db
      .selectFrom('message_locations')
      .select('folder')
      .where('message_id', '=', first.messageId)
      .execute()
  expect(await waitFor(async () => (await copies())[0], { what: 'the copy' })).toEqual({
    folder: 'Sent',
  })
})

test('an answer bears the subject of the last mail of its thread, which people rename it by', async () => {
  deliver('first name')
  const conversationId = await conversationOf('first name')
  mailbox.deliver(
    [
      'From: Carla <carla@customer.test>',
      'Subject: Second name',
      'Message-ID: <second@customer.test>',
      'In-Reply-To: <first-name@customer.test>',
      `Date: ${new Date().toUTCString()}`,
      '',
      'Text of second name',
    ].join('\r\n'),
  )
  expect(await conversationOf('second name')).toBe(conversationId)
  const { messageId } = await answer(conversationId, 'to whichever name')
  await waitForStatus(messageId, 'sent')
  const [sent] = sentBodies('to whichever name')
  expect(sent!.raw.toString()).toMatch(/^Subject: Re: Second name\r$/m)
})

test('a lost connection after the data is unconfirmed, sent once, and only a person repeats it', async () => {
  deliver('lost line')
  const conversationId = await conversationOf('lost line')
  mailbox.smtp.fail(smtpFaults.closeAfterData, { times: 1 })
  const { messageId } = await answer(conversationId, 'perhaps gone out')
  await waitForStatus(messageId, 'unconfirmed')
  expect(sentBodies('perhaps gone out')).toHaveLength(1)
  expect(await resendMessage(platform.db, ref.accountId, messageId)).toBe(true)
  await waitForStatus(messageId, 'sent')
  expect(sentBodies('perhaps gone out')).toHaveLength(2)
})

test('a refused recipient fails the message with the words of the server and holds up nothing', async () => {
  deliver('wrong address')
  const conversationId = await conversationOf('wrong address')
  mailbox.smtp.fail(smtpFaults.recipientRejected, { times: 1 })
  const refused = await answer(conversationId, 'to nobody')
  const next = await answer(conversationId, 'to somebody')
  await waitForStatus(next.messageId, 'sent')
  const row = (await platform.messages(ref)).find(({ id }) => id === refused.messageId)
  expect(row).toMatchObject({ status: 'failed', error_code: 'recipient_refused' })
  expect(row?.error_evidence).toContain('5.1.1')
})

test('a busy server delays the message and nothing else', async () => {
  deliver('busy server')
  const conversationId = await conversationOf('busy server')
  mailbox.smtp.fail(smtpFaults.busy, { times: 1 })
  const { messageId } = await answer(conversationId, 'after the rush')
  await waitForStatus(messageId, 'sent')
  expect(sentBodies('after the rush')).toHaveLength(1)
})

test('a login that is refused once, as by a sick directory, tells nobody anything; twice it is red', async () => {
  deliver('sick directory')
  const conversationId = await conversationOf('sick directory')
  mailbox.smtp.fail(smtpFaults.wrongPassword, { times: 1 })
  const first = await answer(conversationId, 'refused at first')
  await waitForStatus(first.messageId, 'sent')
  const told = () =>
    platform.db
      .selectFrom('timeline')
      .select('data')
      .where('kind', '=', 'health_changed')
      .where('inbox_id', '=', ref.inboxId)
      .execute()
  expect(await told()).toEqual([])

  mailbox.smtp.fail(smtpFaults.wrongPassword, { times: 2 })
  const second = await answer(conversationId, 'refused for good')
  await waitFor(async () => (await told()).length > 0, { what: 'a red inbox' })
  expect((await told())[0]!.data).toMatchObject({
    direction: 'send',
    status: 'reauthorization_required',
    reason: 'wrong_password',
  })
  expect(await statusOf(second.messageId)).toBe('queued')
  await platform.temporal.updateInbox(ref, 'reconnect', {})
  await waitForStatus(second.messageId, 'sent')
  expect(sentBodies('refused for good')).toHaveLength(1)
})

test('while paused answers wait; resuming sends them, however long that took', async () => {
  deliver('before the pause')
  const conversationId = await conversationOf('before the pause')
  await platform.temporal.updateInbox(ref, 'pause', {})
  const { messageId } = await answer(conversationId, 'written while paused')
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(await statusOf(messageId)).toBe('queued')
  await platform.db
    .updateTable('messages')
    .set({ created_at: new Date(Date.now() - 3 * 86_400_000) })
    .where('id', '=', messageId)
    .execute()
  await platform.temporal.updateInbox(ref, 'resume', {})
  await waitForStatus(messageId, 'sent')
})

interface Delivery {
  headers: IncomingMessage['headers']
  text: string
  body: Record<string, unknown>
}

/** ClaudIA's endpoint: keeps what it is told and says yes. */
function startBot(): { server: Server; url: Promise<string>; received: Delivery[] } {
  const received: Delivery[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    received.push({ headers: request.headers, text, body: JSON.parse(text) })
    response.writeHead(204).end()
  })
  const url = new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address!.port : 0}/claudia`)
    })
  })
  return { server, url, received }
}

test('what a person answers in another program is read from Sent, and our own copies are not', async () => {
  deliver('answered elsewhere')
  const conversationId = await conversationOf('answered elsewhere')
  mailbox.deliver(
    [
      `From: ${mailbox.address}`,
      'To: Carla <carla@customer.test>',
      'Subject: Re: answered elsewhere',
      'Message-ID: <from-thunderbird@shop.test>',
      'In-Reply-To: <answered-elsewhere@customer.test>',
      `Date: ${new Date().toUTCString()}`,
      '',
      'Text of an answer by hand',
    ].join('\r\n'),
    { folder: 'Sent' },
  )
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  const stored = await waitFor(
    async () =>
      (await platform.messages(ref)).find(({ content }) => content.includes('answer by hand')),
    { what: 'the answer from Sent' },
  )
  expect(stored).toMatchObject({
    direction: 'outgoing',
    origin: 'echo',
    conversation_id: conversationId,
  })
  const contents = (await platform.messages(ref)).map(({ content }) => content.trim())
  expect(contents.filter((content) => content === 'first answer')).toHaveLength(1)
})

test('when ClaudIA is silent people get the conversation, also when the worker that told her is gone', async () => {
  const told = bot.received.length
  deliver('question to a silent bot')
  const conversationId = await conversationOf('question to a silent bot')
  await waitFor(() => bot.received.length > told, { what: 'the delivery' })
  await platform.firstWorker.stop()
  await platform.addWorker()
  const conversation = () =>
    platform.db
      .selectFrom('conversations')
      .select(['status', 'assignee_id', 'attention_reason'])
      .where('id', '=', conversationId)
      .executeTakeFirstOrThrow()
  await waitFor(async () => (await conversation()).attention_reason !== null, {
    what: 'the end of her time',
  })
  expect(await conversation()).toEqual({
    status: 'open',
    assignee_id: null,
    attention_reason: 'bot_silent',
  })
})
