// What bounces and complaints say, as the mailers of this world write them.
import { expect, test } from 'vitest'
import type { DeliveryReport } from '../../../protocols/mime/delivery-report.ts'
import { assembleMail, planLargeMail } from '../../../protocols/mime/large-mail.ts'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'

const ORIGINAL = ['Message-ID: <ours@loja.example>', 'Subject: Pedido']

async function reportIn(...lines: string[]): Promise<DeliveryReport | null> {
  return (await parseMail(Buffer.from(lines.join('\r\n')))).report
}

function dsn(fields: string[], enclosed = 'message/rfc822', ...headers: string[]): string[] {
  return [
    'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
    ...headers,
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    ...['', '--b', 'Content-Type: text/plain', '', 'I am sorry.'],
    ...['--b', 'Content-Type: message/delivery-status', '', ...fields],
    ...['--b', `Content-Type: ${enclosed}`, '', ...ORIGINAL, '', 'Olá', '--b--', ''],
  ]
}

const FAILED = [
  'Reporting-MTA: dns; mx.example',
  '',
  'Original-Recipient: rfc822;Ana@Loja.Example',
  'Final-Recipient: rfc822; ana@interno.example',
  'Action: failed',
  'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550 5.1.1 <ana@loja.example>: Recipient address',
  '    rejected: User unknown',
]

test('a standard bounce tells recipient, status, words and the mail it is about', async () => {
  expect(await reportIn(...dsn(FAILED))).toEqual({
    kind: 'delivery',
    originalMessageId: 'ours@loja.example',
    recipients: [
      {
        address: 'Ana@loja.example',
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 <ana@loja.example>: Recipient address rejected: User unknown',
      },
    ],
  })
})

test.each([
  [['Action: delayed', 'Status: 4.4.1'], 'delayed', '4.4.1'],
  [['Action: failed (expired)', 'Status: 4.4.7 (timeout)'], 'failed', '4.4.7'],
  [['Action: DELIVERED', 'Status: 2.0.0'], 'delivered', '2.0.0'],
  [['Action: relayed', 'Status: 2.1.9'], 'relayed', '2.1.9'],
  [['Status: 5.7.1'], 'failed', '5.7.1'],
  [['Action: failed'], 'failed', null],
])('%j is %s', async (fields, action, status) => {
  const group = ['Final-Recipient: rfc822;a@x.example', ...fields]
  for (const lines of [
    ['Reporting-MTA: dns; mx', '', ...group],
    ['Reporting-MTA: dns; mx', ...group],
  ]) {
    expect((await reportIn(...dsn(lines)))!.recipients).toMatchObject([{ action, status }])
  }
})

test.each([
  ['only the headers come back', dsn(FAILED, 'text/rfc822-headers')],
  ['only a reference names it', dsn(FAILED, 'text/html', 'In-Reply-To: <ours@loja.example>')],
  [
    'a field of the report names it',
    dsn(['Original-Message-ID: <ours@loja.example>', '', ...FAILED], 'image/png'),
  ],
])('the original is found when %s', async (_, lines) => {
  expect((await reportIn(...lines))!.originalMessageId).toBe('ours@loja.example')
})

test('each recipient is reported', async () => {
  const lines = ['Reporting-MTA: dns; mx']
  for (const n of [1, 2])
    lines.push('', `Final-Recipient: rfc822; r${n}@x.example`, 'Action: failed')
  const { recipients } = (await reportIn(...dsn(lines)))!
  expect(recipients.map(({ address }) => address)).toEqual(['r1@x.example', 'r2@x.example'])
})

const complaint = (type: string) => [
  'From: fbl@provider.example',
  'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
  ...['', '--b', '', 'This is an abuse report'],
  ...['--b', 'Content-Type: message/feedback-report', '', `Feedback-Type: ${type}`],
  'Original-Rcpt-To: <ana@x.example>',
  ...['--b', 'Content-Type: message/rfc822', '', ...ORIGINAL, '', 'x', '--b--', ''],
]

test('a spam complaint is no failure: the mail arrived', async () => {
  expect(await reportIn(...complaint('abuse'))).toEqual({
    kind: 'complaint',
    originalMessageId: 'ours@loja.example',
    recipients: [
      { address: 'ana@x.example', action: 'delivered', status: null, diagnostic: 'abuse' },
    ],
  })
  expect(await reportIn(...complaint('auth-failure'))).toBeNull()
})

const QMAIL = [
  'Hi. This is the qmail-send program at mx.example.',
  "I'm afraid I wasn't able to deliver your message to the following addresses.",
  "This is a permanent error; I've given up. Sorry it didn't work out.",
  '',
  '<ana@x.example>:',
  '192.0.2.1 does not like recipient.',
  'Remote host said: 550 5.1.1 No such user',
  '',
  '--- Below this line is a copy of the message.',
  '',
  'Received: from a by b; 4 Nov 2025',
  ...ORIGINAL,
]
const EXIM = [
  'This message was created automatically by mail delivery software.',
  '',
  'A message that you sent could not be delivered to one or more of its',
  'recipients. This is a permanent error. The following address(es) failed:',
  '',
  '  ana@x.example',
  '    host mx.x.example [192.0.2.1]',
  '    SMTP error from remote mail server after RCPT TO:<ana@x.example>:',
  '    550 No such user here',
  '',
  '------ This is a copy of the message, including all the headers. ------',
  '',
  'Message-ID:',
  ' <ours@loja.example>',
]
const EXIM_DELAY = [
  'A message that you sent has not yet been delivered to one or more of its',
  'recipients after more than 24 hours on the queue on mx.example.',
  '',
  'No action is required on your part. Delivery attempts will continue for',
  'some time, and this warning may be repeated.',
]
const EXCHANGE = [
  'Sua mensagem não foi entregue a alguns ou a todos os destinatários.',
  '',
  '  ana@x.example em 04/11/2025 10:00',
  '    550 5.7.1 Unable to relay',
]

test.each([
  ['qmail', QMAIL, [], 'failed', '5.1.1', 'ana@x.example', 'ours@loja.example'],
  ['Exim', EXIM, [], 'failed', null, 'ana@x.example', 'ours@loja.example'],
  [
    ...(['Exim with its header', EXIM, ['X-Failed-Recipients: b@x.example']] as const),
    ...(['failed', null, 'b@x.example', 'ours@loja.example'] as const),
  ],
  [
    ...(['a delay of Exim', EXIM_DELAY, ['References: <ours@loja.example>']] as const),
    ...(['delayed', null, null, null] as const),
  ],
  [
    ...(['a gateway', EXCHANGE, ['In-Reply-To: <ours@loja.example>']] as const),
    ...(['failed', '5.7.1', 'ana@x.example', 'ours@loja.example'] as const),
  ],
])('a bounce in words: %s', async (_, words, headers, action, status, address, id) => {
  const report = await reportIn('From: MAILER-DAEMON@mx.example', ...headers, '', ...words)
  expect(report).toMatchObject({
    originalMessageId: id,
    recipients: [{ action, status, address }],
  })
})

test('a failure that remembers its delays is a failure', async () => {
  const report = await reportIn(
    ...['From: MAILER-DAEMON@mx.example', 'X-Failed-Recipients: ana@x.example', ''],
    ...['The message was delayed for five days and could not be delivered.'],
  )
  expect(report!.recipients).toMatchObject([{ action: 'failed', address: 'ana@x.example' }])
})

test('words of neither failure nor delay, or of a person, report nothing', async () => {
  const words = ['Olá, recebemos seu pedido no dia 550 do ano.', ...ORIGINAL]
  expect(await reportIn('From: postmaster@x.example', '', ...words)).toBeNull()
  expect(await reportIn('From: ana@x.example', '', ...QMAIL)).toBeNull()
})

test('a bounce too large to fetch whole is read by its status part and the structure', () => {
  const lines = dsn(FAILED)
  const headers = Buffer.from(`${lines.slice(0, 2).join('\r\n')}\r\n\r\n`)
  const plan = planLargeMail({
    type: 'multipart/report',
    parameters: { 'report-type': 'delivery-status' },
    childNodes: [
      { part: '1', type: 'text/plain', size: 10 },
      { part: '2', type: 'message/delivery-status', size: 300 },
      {
        part: '3',
        type: 'message/rfc822',
        size: 9_000_000,
        envelope: { messageId: '<ours@loja.example>' },
      },
    ],
  })
  expect(plan.textParts.map(({ part }) => part)).toEqual(['1', '2'])
  const parts = new Map([
    ['1', Buffer.from('I am sorry.')],
    ['2', Buffer.from(FAILED.join('\r\n'))],
  ])
  const { report, attachments } = assembleMail(headers, parts, plan)
  expect(report).toMatchObject({
    originalMessageId: 'ours@loja.example',
    recipients: [{ action: 'failed', status: '5.1.1' }],
  })
  expect(attachments.map(({ content }) => content === null)).toEqual([false, true])
})

test('a file that only claims to be a report stays in the mailbox', () => {
  const { textParts } = planLargeMail({
    type: 'multipart/mixed',
    childNodes: [
      { part: '1', type: 'text/plain', size: 10 },
      { part: '2', type: 'message/delivery-status', size: 5_000_000 },
    ],
  })
  expect(textParts.map(({ part }) => part)).toEqual(['1'])
})
