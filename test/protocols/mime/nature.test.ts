// Which mails are taken for people's, and which for machines'.
import { expect, test } from 'vitest'
import type { MailNature } from '../../../protocols/mime/parsed-mail.ts'
import { fastWalk } from '../../../protocols/mime/walk.ts'

function natureWith(...headers: string[]): MailNature | undefined {
  const from = headers.some((line) => line.startsWith('From:')) ? [] : ['From: Ana <a@x.example>']
  return fastWalk(Buffer.from([...from, ...headers, '', 'texto'].join('\r\n')))?.nature
}

test.each<[MailNature, string[]]>([
  ['person', []],
  ['person', ['Auto-Submitted: no']],
  ['person', ['X-Autoreply: no', 'Precedence: first-class']],
  ['person', ['Return-Path: <a@x.example>']],
  ['person', ['X-Auto-Response-Suppress: DR, OOF, AutoReply']],
  ['person', ['Subject: Re: Resposta automática: pedido']],
  ['person', ['Subject: automatic doors']],
  ['auto_reply', ['Auto-Submitted: auto-replied']],
  ['auto_reply', ['auto-submitted: auto-generated (rejected)', 'List-Id: <x.y>']],
  ['auto_reply', ['X-Autoreply: yes']],
  ['auto_reply', ['Precedence: auto_reply']],
  ['auto_reply', ['X-Auto-Response-Suppress: All']],
  ['auto_reply', ['Return-Path: <>']],
  ['auto_reply', ['Subject: =?utf-8?Q?Resposta_autom=C3=A1tica=3A_f=C3=A9rias?=']],
  ['list', ['List-Id: Novidades <n.x.example>']],
  ['list', ['List-Unsubscribe: <https://x.example/u>']],
  ['list', ['List-Help: <mailto:ajuda@x.example>']],
  ['list', ['List-Archive: <https://x.example/arquivo>']],
  ['list', ['Precedence: bulk']],
  ['list', ['Precedence: list']],
  ['bounce', ['From: MAILER-DAEMON@x.example']],
  ['bounce', ['From: Mail Delivery System <MAILER-DAEMON>', 'Return-Path: <>']],
  ['bounce', ['From: postmaster@x.example', 'Auto-Submitted: auto-replied']],
  ['bounce', ['X-Failed-Recipients: b@x.example', 'Auto-Submitted: auto-replied']],
])('%s: %j', (nature, headers) => {
  expect(natureWith(...headers)).toBe(nature)
})

function report(type: string, second: string): MailNature | undefined {
  const lines = [
    'From: a@x.example',
    `Content-Type: multipart/report; report-type=${type}; boundary=b`,
    ...['', '--b', '', 'texto', '--b', `Content-Type: ${second}`, '', 'x: y', '--b--', ''],
  ]
  return fastWalk(Buffer.from(lines.join('\r\n')))?.nature
}

test('a delivery report is a bounce, a read receipt is automatic', () => {
  expect(report('delivery-status', 'message/delivery-status')).toBe('bounce')
  expect(report('"Delivery-Status"', 'text/plain')).toBe('bounce')
  expect(report('disposition-notification', 'message/disposition-notification')).toBe('auto_reply')
})
