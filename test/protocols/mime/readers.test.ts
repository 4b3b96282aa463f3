// The small readers one by one: dates, HTML, content ids, and the order of part numbers.
import { expect, test } from 'vitest'
import { contentHash } from '../../../protocols/mime/content-hash.ts'
import { parseDate } from '../../../protocols/mime/dates.ts'
import { htmlToText, textToHtml } from '../../../protocols/mime/html-text.ts'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'
import { contentIdOf } from '../../../protocols/mime/part-tree.ts'

const NOW = Date.UTC(2026, 10, 1)

test.each([
  ['Tue, 4 Nov 2025 10:00:00 -0300', '2025-11-04T13:00:00.000Z'],
  ['4 Nov 2025 10:00 +0000', '2025-11-04T10:00:00.000Z'],
  ['Tue,4 Nov 2025 10:00:00 (comment) ', '2025-11-04T10:00:00.000Z'],
  ['Tue, 04 Nov 25 10:00:00 PST', '2025-11-04T18:00:00.000Z'],
  ['04 November 2025, 10:00:00 GMT', '2025-11-04T10:00:00.000Z'],
  ['04-Nov-2025 10.00.00 Z', '2025-11-04T10:00:00.000Z'],
  ['Tue Nov  4 10:00:00 2025', '2025-11-04T10:00:00.000Z'],
  ['Tue Nov  4 10:00:00 EST 2025', '2025-11-04T10:00:00.000Z'],
  ['Tue, 4 Nov 2025 10:00:00 PM +0000', '2025-11-04T22:00:00.000Z'],
  ['Tue, 4 Nov 2025 10:00:00 GMT-3', '2025-11-04T13:00:00.000Z'],
  ['Tue, 4 Nov 2025 10:00:60 +05:30', '2025-11-04T04:30:59.000Z'],
  ['2025-11-04T10:00:00-03:00', '2025-11-04T13:00:00.000Z'],
  ['2025-11-04 10:00:00', '2025-11-04T10:00:00.000Z'],
  ['Sun, 1 Nov 2026 23:00:00 +0000', '2026-11-01T23:00:00.000Z'],
])('date %s', (value, iso) => {
  expect(parseDate(value, NOW)?.toISOString()).toBe(iso)
})

test.each([
  ...[
    '',
    'amanhã',
    'Thu, 1 Jan 1970 00:00:00 GMT',
    'Sat, 30 Nov 0000 00:00:00',
    '31 Feb 2025 10:00:00',
  ],
  ...[
    'Tue, 4 Nov 2025 25:00:00',
    '4 Foo 2025 10:00:00',
    'Tue, 3 Nov 2026 00:00:01 +0000',
    '1 Jan 99999',
  ],
])('no date: %s', (value) => {
  expect(parseDate(value, NOW)).toBeNull()
})

test.each([
  ['<p>a</p>\n<p>b<br>c</p>', 'a\n\nb\nc'],
  ['a<br><br><br>b', 'a\n\nb'],
  ['<div>a</div><div>b</div>', 'a\nb'],
  ['<table><tr><td>1<td>2</tr><tr><td>3</table>', '1 2\n3'],
  ['<pre>x\n  y</pre>z', 'x\n  y\n\nz'],
  ['1 < 2 && 3 > 2', '1 < 2 && 3 > 2'],
  ['&amp;lt; &eacute;&#233;&#xE9; &unknown; &copy', '&lt; ééé &unknown; ©'],
  ['<!-- <p>no</p> -->sim<!doctype html>', 'sim'],
  ['<a title="a > b" href=\'https://x.example/\'>x.example</a>', 'x.example'],
  ['<a href="mailto:a@x.example">escreva</a>', 'escreva (a@x.example)'],
  ['<a href="javascript:alert(1)">clique</a>', 'clique'],
  ['<img alt="&#128512;" src=x> oi', '😀 oi'],
  ['<STYLE>p{}</STYLE><Script>1</Script>ok', 'ok'],
  ['oi<style>nunca fechado', 'oi'],
  ['um <b>dois</b>, <i>três</i>', 'um dois, três'],
])('html %s', (html, text) => {
  expect(htmlToText(html)).toBe(text)
})

test('text becomes HTML that shows it and comes back', () => {
  const text = 'a < b & "c"\n\nd'
  expect(htmlToText(textToHtml(text))).toBe(text)
})

test('a forwarded mail without a name is called by its subject', async () => {
  const nameOf = async (headers: string) => {
    const raw = `Content-Type: message/rfc822\r\n\r\n${headers}\r\n\r\ntexto`
    return (await parseMail(Buffer.from(raw), NOW)).attachments[0]?.fileName
  }
  expect(await nameOf('Subject: =?utf-8?Q?Or=C3=A7amento_1/2:_=22final=22?=')).toBe(
    'Orçamento 1 2 final.eml',
  )
  expect(await nameOf(`Subject: ${'a'.repeat(300)}`)).toBe(`${'a'.repeat(100)}.eml`)
  expect(await nameOf('From: a@x.example')).toBe('message.eml')
})

test.each([
  ['<a@b>', 'a@b'],
  [' <cid:a%40b> ', 'a@b'],
  ['cid:<a@b>', 'a@b'],
  ['cid:%3Ca@b%3E', 'a@b'],
  ['CID:x%zz', 'x%zz'],
  ['<>', null],
])('content id %s', (raw, id) => {
  expect(contentIdOf(raw)).toBe(id)
})

test('different mails without a Message-ID differ, copies of one do not', async () => {
  const read = async (body: string, extra = '') => {
    const raw = `From: a@x.example\r\nDate: Tue, 4 Nov 2025 10:00:00 +0000\r\n${extra}\r\n${body}`
    return (await parseMail(Buffer.from(raw), NOW)).contentHash
  }
  expect(await read('um')).not.toBe(await read('dois'))
  expect(await read('um', 'Subject: a\r\n')).not.toBe(await read('um', 'Subject: b\r\n'))
  expect(await read('um', 'X-Spam: no\r\n')).toBe(await read('um  \r\n'))
  const hop = 'Received: from scanner by mx with ESMTP id A1; Tue, 4 Nov 2025 10:00:00 +0000\r\n'
  expect(await read('', hop)).not.toBe(await read('', hop.replace('A1', 'A2')))
  expect(await read('', hop)).toBe(await read('', `Received: from mx by inbox\r\n${hop}`))
  const file = (name: string) =>
    `Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=${name}\r\n`
  expect(await read('', file('1.pdf'))).not.toBe(await read('', file('2.pdf')))
})

test('a Message-ID is mark enough: neither way nor files of a mail make it another', async () => {
  const read = async (extra: string) => {
    const raw = `Message-ID: <a@x>\r\nDate: Tue, 4 Nov 2025 10:00:00 +0000\r\n${extra}\r\num`
    return (await parseMail(Buffer.from(raw), NOW)).contentHash
  }
  expect(await read('Received: from a by b; x\r\n')).toBe(await read(''))
})

test('the hash is what its documentation says, for ever', () => {
  const date = 'Tue, 4 Nov 2025 10:00:00 +0000'
  const mail = { messageId: 'a@b', date, fromAddress: 'a@x', subject: 's', text: 't' }
  const input = { ...mail, marks: ['unused'] }
  expect(contentHash(input)).toBe(
    '1e55b0f050b3fbed4354920e72ffd6c7e2f64690ed38e81ad5d6367b6134f2d3',
  )
})
