// Inputs made to be slow: each must finish, and something sensible must be left of the mail.
import { expect, test } from 'vitest'
import { parseAddresses } from '../../../protocols/mime/addresses.ts'
import { decodeWords } from '../../../protocols/mime/encoded-words.ts'
import { htmlToText } from '../../../protocols/mime/html-text.ts'
import { parseMessageIds } from '../../../protocols/mime/message-ids.ts'
import { parseStructured } from '../../../protocols/mime/parameters.ts'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'

const MEGABYTE = 1 << 20

function filled(unit: string, bytes = MEGABYTE): string {
  return unit.repeat(Math.ceil(bytes / unit.length))
}

const units = [
  ...['=?', '=?a?q?', '=?a?Q?x?= ', '=?a?B?=', '"', '"\\"<>\\', '(', '<', '<a@b', 'a@b,', ':', ';'],
  ...[
    '; a="',
    '; a*0*=',
    "a*1*='",
    '\\',
    ' ',
    '\t (',
    '<a href=',
    '<a x="',
    '<!--',
    '<p',
    '&#',
    '&a',
  ],
  ...[
    "<a href='",
    '</script',
    '<script>',
    '<style',
    '<pre> ',
    '\u200c ',
    '<td>',
    '=\r\n',
    '<li>',
    '@',
  ],
]

test.each(units)('a megabyte of %j is read by every reader', async (unit) => {
  const text = filled(unit)
  decodeWords(text)
  parseAddresses(text)
  parseMessageIds(text)
  parseStructured(text)
  htmlToText(text)
  for (const name of [
    'Subject',
    'From',
    'Content-Type',
    'Content-Disposition',
    'Date',
    'Content-ID',
  ]) {
    await parseMail(Buffer.from(`${name}: ${text.replaceAll('\r\n', '')}\r\n\r\ntexto`))
  }
  for (const type of ['text/plain; format=flowed', 'text/html']) {
    await parseMail(Buffer.from(`Content-Type: ${type}\r\n\r\n${text}`))
  }
})

test('a thousand nested multiparts end as an attachment, nothing lost', async () => {
  const depth = Array.from({ length: 1000 }, (_, i) => i)
  const open = depth.map(
    (i) => `Content-Type: multipart/mixed; boundary=b${i}.\r\n\r\n--b${i}.\r\n`,
  )
  const close = depth.reverse().map((i) => `\r\n--b${i}.--`)
  const raw = Buffer.from(`Subject: fundo\r\n${open.join('')}\r\ntexto${close.join('')}`)
  const mail = await parseMail(raw)
  expect(mail.subject).toBe('fundo')
  expect(mail.attachments).toMatchObject([{ fileName: 'fundo.eml', part: '', size: raw.length }])
})

test('ten thousand parts and as many Received fields are read', async () => {
  const parts = filled('--b\r\nContent-Type: text/plain; name=x.txt\r\n\r\nx\r\n', 500_000)
  const received = filled('Received: from a by b; Tue, 4 Nov 2025 10:00:00 +0000\r\n')
  const raw = Buffer.from(
    `${received}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`,
  )
  expect((await parseMail(raw)).attachments.length).toBeGreaterThan(9000)
})

test('a megabyte of header lines without a colon is survived', async () => {
  const mail = await parseMail(Buffer.from(`Subject: a\r\n${filled('junk\r\n')}\r\ntexto`))
  expect(mail.subject).toBe('a')
})

test('megabytes of headers are understood though postal-mime refuses them', async () => {
  const mail = await parseMail(
    Buffer.from(`no colon\r\nSubject: a\r\n${filled('X: yyyyyyyyyy\r\n', 3e6)}\r\nt`),
  )
  expect(mail.subject).toBe('a')
  expect(mail.attachments).toHaveLength(1)
})
