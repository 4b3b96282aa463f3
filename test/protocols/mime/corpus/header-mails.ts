// Mails whose headers are the difficulty.
import { bare, MIXED, mail, type NastyMail, part } from './nasty-mail.ts'

export const headerMails: NastyMail[] = [
  {
    name: 'no MIME headers, raw latin1 bytes in header and body',
    raw: bare('From: Jo\xe3o <joao@example.com>', 'Subject: Or\xe7amento', '', 'Ol\xe1, tudo bem?'),
    expected: {
      subject: 'Orçamento',
      from: { name: 'João', address: 'joao@example.com' },
      text: 'Olá, tudo bem?',
      messageId: null,
      date: null,
    },
  },
  {
    name: 'a character split over two encoded words',
    raw: bare(
      'Subject: =?UTF-8?B?T2zD?=',
      ' =?utf-8?b?oSwg?= =?utf-8?Q?m=C3=BA?=',
      '\t=?utf-8?q?sica_?= fim',
      '',
      'x',
    ),
    expected: { subject: 'Olá, música fim', text: 'x' },
  },
  {
    name: 'an encoded word with a language and a broken one beside it',
    raw: bare('Subject: =?iso-8859-1*pt?Q?a=E7=E3o?= =?nonsense =?x?Z?y?=', '', 'x'),
    expected: { subject: 'ação =?nonsense =?x?Z?y?=' },
  },
  {
    name: 'an mbox line on top',
    raw: Buffer.concat([
      Buffer.from('From ana@example.com Tue Nov  4 10:00:00 2025\r\n'),
      mail('', 'texto'),
    ]),
    expected: { text: 'texto', subject: 'Teste', messageId: 'nasty@example.com' },
    handedOver: true,
  },
  {
    name: 'a header line without a colon',
    raw: mail('this is not a header', 'X-Ok: yes', '', 'texto'),
    expected: { text: 'texto', subject: 'Teste' },
    handedOver: true,
  },
  {
    name: 'RFC 2231 names: continued, extended beside plain, with comments',
    raw: mail(
      MIXED,
      '',
      '--mix',
      ...part(
        'application/octet-stream',
        'a',
        "Content-Disposition: attachment; filename*0*=utf-8'pt'or%C3%A7a;",
        ' filename*1="mento "; filename*2=final.pdf',
      ),
      '--mix',
      ...part(
        'application/octet-stream',
        'b',
        'Content-Disposition: attachment; filename="x.txt"; filename*=iso-8859-1\'\'%E7.txt',
      ),
      '--mix',
      ...part(
        'application/pdf; name="=?utf-8?B?w6EucGRm?="',
        'c',
        'Content-Disposition: attachment',
      ),
      '--mix',
      ...part('application/pdf (a (nested) comment); name=Invoice(1).pdf (x)', 'd'),
      '--mix',
      ...part('image/jpeg; name="a\\"b;c.jpg"', 'e'),
      '--mix',
      ...part('image/jpeg', 'f'),
      '--mix--',
    ),
    expected: { text: '' },
    attachments: [
      'orçamento final.pdf application/octet-stream',
      'ç.txt application/octet-stream',
      'á.pdf application/pdf',
      'Invoice(1).pdf application/pdf',
      'a"b;c.jpg image/jpeg',
      'attachment-6.jpg image/jpeg',
    ],
  },
  {
    name: 'addresses of every kind',
    raw: bare(
      'From: "Silva, Ana \\"Nina\\"" <ana@EXAMPLE.com> (home)',
      'To: Time: a@x.example, B <b@x.example>;, undisclosed-recipients:;,',
      ' c@x.example (Carlos), "d e"@x.example, <@relay:f@x.example>, sem endereco',
      'Cc: =?utf-8?Q?Jos=C3=A9_=3Cg=40x.example=3E?=',
      "Reply-To: 'h@x.example' <h@x.example>",
      '',
      'x',
    ),
    expected: {
      from: { name: 'Silva, Ana "Nina"', address: 'ana@example.com' },
      to: [
        { name: '', address: 'a@x.example' },
        { name: 'B', address: 'b@x.example' },
        { name: 'Carlos', address: 'c@x.example' },
        { name: '', address: '"d e"@x.example' },
        { name: '', address: 'f@x.example' },
      ],
      cc: [{ name: 'José', address: 'g@x.example' }],
      replyTo: [{ name: '', address: 'h@x.example' }],
    },
  },
  {
    name: 'an address inside quotes is a name, not an address',
    raw: bare('From: "victim@bank.example" <evil@x.example>', 'To: "only@quoted.example"', '', 'x'),
    expected: { from: { name: 'victim@bank.example', address: 'evil@x.example' }, to: [] },
  },
  {
    name: 'ids among junk',
    raw: bare(
      'Message-ID: <a b@x>',
      'In-Reply-To: Your message of "Mon" <p@x> (c)',
      'References: <r1@x> junk <r2@x>',
      '\t<r1@x> <>',
      '',
      'x',
    ),
    expected: { messageId: 'ab@x', inReplyTo: ['p@x'], references: ['r1@x', 'r2@x'] },
  },
  {
    name: 'Received stamps and a lying clock',
    raw: bare(
      'Received: from a by b; Tue, 4 Nov 2025 13:00:02 +0000',
      'Received: from c by d (x; y);',
      ' Tue, 04 Nov 25 09:59:00 EST',
      'Date: Thu, 1 Jan 1970 00:00:00 GMT',
      '',
      'x',
    ),
    expected: {
      date: null,
      receivedAt: new Date('2025-11-04T13:00:02Z'),
      oldestReceivedAt: new Date('2025-11-04T14:59:00Z'),
    },
  },
  {
    name: 'headers alone',
    raw: mail(''),
    expected: { text: '', subject: 'Teste' },
    handedOver: true,
  },
  {
    name: 'nothing at all',
    raw: Buffer.alloc(0),
    expected: { text: '', subject: '', from: null, messageId: null },
    handedOver: true,
  },
]
